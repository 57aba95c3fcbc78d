TITLE A-type potassium channel of CA3 pyramidal cells, proximal

COMMENT
A transient potassium channel with an activation gate n and an inactivation gate l:

    g = gkabar*n*l

The gating charge of n falls from zetan to zetan + pw around the voltage tq. The time constant of l grows linearly with
the voltage. sh shifts everything to depolarised voltages.

Source of the equations: R. Klee, E. Ficker, U. Heinemann, Journal of Neurophysiology 74:1982-1995, 1995; in the form of
M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience 7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX kap
    USEION k READ ek WRITE ik
    RANGE gkabar, sh
    RANGE gka, ik
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gkabar = 0.008 (S/cm2)   : conductance with all channels open
    sh = 24 (mV)             : shift of all voltages below

    vhalfn = 11 (mV)   : half activation
    zetan = -1.5 (1)   : gating charge of n, hyperpolarised
    pw = -1 (1)        : what is added to it, depolarised
    tq = -40 (mV)      : voltage at which half of pw is added
    qq = 5 (mV)        : slope of that
    gmn = 0.55 (1)     : part of n's charge that acts on the way to the open state
    a0n = 0.05 (/ms)   : rate of n at vhalfn
    nmin = 0.1 (ms)    : shortest time constant of n
    q10 = 5 (1)        : factor of n's rate for 10 degrees

    vhalfl = -56 (mV)   : half inactivation
    zetal = 3 (1)       : gating charge of l
    lmin = 2 (ms)       : shortest time constant of l, times qtl
    qtl = 1 (1)         : factor of l's rate

    gml = 1 (1)        : without effect; kept for models that set it
    a0l = 0.05 (/ms)   : without effect; kept for models that set it
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    gka (S/cm2)      : conductance
    ninf (1)         : steady state of n
    taun (ms)        : time constant of n
    linf (1)         : steady state of l
    taul (ms)        : time constant of l
}

STATE {
    n (1)   : activation gates, open
    l (1)   : inactivation gates, open
}

INITIAL {
    gates(v)
    n = ninf
    l = linf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    gka = gkabar*n*l
    ik = gka*(v - ek)
}

DERIVATIVE relax {
    gates(v)
    n' = (ninf - n)/taun
    l' = (linf - l)/taul
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, charge, closed
    faster = q10^((celsius - 24)/10)

    charge = zetan + pw/(1 + exp((v - tq - sh)/qq))
    closed = boltzmann(charge, 1, v - vhalfn - sh)
    ninf = 1/(1 + closed)
    taun = boltzmann(charge, gmn, v - vhalfn - sh)/(faster*a0n*(1 + closed))
    if (taun < nmin) {
        taun = nmin
    }

    linf = 1/(1 + boltzmann(zetal, 1, v - vhalfl - sh))
    taul = (0.26 (ms/mV))*(v + 50 - sh)/qtl
    if (taul < lmin/qtl) {
        taul = lmin/qtl
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*(9.648e4 (coulomb))/((8.315 (joule/degC))*(273.16 + celsius)))
}
