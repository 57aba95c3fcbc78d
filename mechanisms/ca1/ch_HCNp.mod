TITLE Hyperpolarisation-activated cation channel of CA1 pyramidal cells

COMMENT
The h-current with one gate l that opens when the membrane is hyperpolarised:

    g = gmax*l,  l' = (linf - l)/taul,  linf = 1/(1 + exp(k*zetal*(v - vhalfl)))
    taul = exp(k*zetat*gmt*(v - vhalft))/(q10^((celsius - 33)/10)*qtl*a0t*(1 + exp(k*zetat*(v - vhalft))))

with k = 0.0378 /mV, close to F/(R T) at the temperature of the recordings. The default half activation is the one of
distal dendrites.

Source of the equations: J. C. Magee, Journal of Neuroscience 18:7613-7624, 1998; used in N. P. Poolos, M. Migliore,
D. Johnston, Nature Neuroscience 5:767-774, 2002.
ENDCOMMENT

NEURON {
    SUFFIX ch_HCNp
    NONSPECIFIC_CURRENT i
    RANGE gmax, e, vhalfl
    RANGE g, myi
    GLOBAL linf, taul
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0.0001 (S/cm2)   : conductance with all channels open
    e = 0 (mV)              : reversal potential
    vhalfl = -90 (mV)       : half activation
    zetal = 4 (1)           : gating charge of the activation
    vhalft = -75 (mV)       : voltage to which the time constant refers
    zetat = 2.2 (1)         : gating charge of the time constant
    gmt = 0.4 (1)           : part of the charge that acts on the way to the open state
    a0t = 0.011 (/ms)       : rate at vhalft
    q10 = 4.5 (1)           : factor of the rate for 10 degrees
    qtl = 1 (1)             : further factor of the rate
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    i (mA/cm2)       : current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    linf (1)         : steady state of l
    taul (ms)        : time constant of l
}

STATE {
    l (1)   : open gates
}

INITIAL {
    gate(v)
    l = linf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    g = gmax*l
    i = g*(v - e)
    myi = i
}

DERIVATIVE relax {
    gate(v)
    l' = (linf - l)/taul
}

PROCEDURE gate(v (mV)) {
    LOCAL faster
    faster = q10^((celsius - 33)/10)
    linf = 1/(1 + boltzmann(zetal, 1, v - vhalfl))
    taul = boltzmann(zetat, gmt, v - vhalft)/(qtl*faster*a0t*(1 + boltzmann(zetat, 1, v - vhalft)))
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((0.0378 (/mV))*charge*part*shift)
}
