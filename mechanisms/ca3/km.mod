TITLE M-type potassium channel of pyramidal cells

COMMENT
A slow potassium channel with one gate m:

    g = gbar*m^st,  m' = (inf - m)/tau,  inf = 1/(1 + exp((v - vhalfl - sh)/kl))
    tau = b0 + exp(k*zetat*gmt*(v - vhalft - sh))/(a0t*(1 + exp(k*zetat*(v - vhalft - sh))))

with k = 0.0378 /mV. The time constant does not depend on the temperature.

Source of the equations: M. M. Shah, M. Migliore, I. Valencia, E. C. Cooper, D. A. Brown, Proceedings of the National
Academy of Sciences 105:7869-7874, 2008.
ENDCOMMENT

NEURON {
    SUFFIX km
    USEION k READ ek WRITE ik
    RANGE gbar, sh
    RANGE ik
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gbar = 0.0001 (S/cm2)   : conductance with all channels open
    st = 1 (1)              : number of gates of a channel
    sh = 24 (mV)            : shift of all voltages below
    vhalfl = -40 (mV)       : half activation
    kl = -10 (mV)           : slope of the steady state; negative opens by depolarisation
    vhalft = -42 (mV)       : voltage to which the time constant refers
    zetat = 7 (1)           : gating charge of the time constant
    gmt = 0.4 (1)           : part of the charge that acts on the way to the open state
    a0t = 0.003 (/ms)       : rate at vhalft
    b0 = 60 (ms)            : least time constant
    q10 = 5 (1)             : without effect; kept for models that set it
}

ASSIGNED {
    v (mV)        : membrane potential
    ek (mV)       : reversal potential of potassium
    ik (mA/cm2)   : potassium current, outward positive
    inf (1)       : steady state of m
    tau (ms)      : time constant of m
}

STATE {
    m (1)   : open gates
}

INITIAL {
    gate(v)
    m = inf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    ik = gbar*m^st*(v - ek)
}

DERIVATIVE relax {
    gate(v)
    m' = (inf - m)/tau
}

PROCEDURE gate(v (mV)) {
    inf = 1/(1 + exp((v - vhalfl - sh)/kl))
    tau = b0 + boltzmann(zetat, gmt, v - vhalft - sh)/(a0t*(1 + boltzmann(zetat, 1, v - vhalft - sh)))
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((0.0378 (/mV))*charge*part*shift)
}
