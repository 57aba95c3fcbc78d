TITLE Delayed rectifier potassium channel of CA3 pyramidal cells

COMMENT
A potassium channel with one gate n, open when the membrane is depolarised:

    g = gkdrbar*n,  n' = (ninf - n)/taun,  ninf = 1/(1 + exp(z*(v - vhalfn - sh)))
    taun = exp(z*gmn*(v - vhalfn - sh))/(q10^((celsius - 24)/10)*a0n*(1 + exp(z*(v - vhalfn - sh))))

with z = zetan*F/(R T). A taun below nmax becomes nmax, divided by the temperature factor.

Source of the equations: R. Klee, E. Ficker, U. Heinemann, Journal of Neurophysiology 74:1982-1995, 1995; in the form of
M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience 7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX kdr
    USEION k READ ek WRITE ik
    RANGE gkdrbar, sh
    RANGE gkdr, ik
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gkdrbar = 0.003 (S/cm2)   : conductance with all channels open
    sh = 24 (mV)              : shift of vhalfn
    vhalfn = 13 (mV)          : half activation
    zetan = -3 (1)            : gating charge; negative opens by depolarisation
    gmn = 0.7 (1)             : part of the charge that acts on the way to the open state
    a0n = 0.02 (/ms)          : rate at vhalfn
    nmax = 2 (ms)             : shortest time constant at 24 degC
    q10 = 1 (1)               : factor of the rate for 10 degrees
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    gkdr (S/cm2)     : conductance
    ninf (1)         : steady state of n
    taun (ms)        : time constant of n
}

STATE {
    n (1)   : open gates
}

INITIAL {
    gate(v)
    n = ninf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    gkdr = gkdrbar*n
    ik = gkdr*(v - ek)
}

DERIVATIVE relax {
    gate(v)
    n' = (ninf - n)/taun
}

PROCEDURE gate(v (mV)) {
    LOCAL faster, closed
    faster = q10^((celsius - 24)/10)
    closed = boltzmann(zetan, 1, v - vhalfn - sh)
    ninf = 1/(1 + closed)
    taun = boltzmann(zetan, gmn, v - vhalfn - sh)/(faster*a0n*(1 + closed))
    if (taun < nmax) {
        taun = nmax/faster
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*(9.648e4 (coulomb))/((8.315 (joule/degC))*(273.16 + celsius)))
}
