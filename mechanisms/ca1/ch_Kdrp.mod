TITLE Delayed rectifier potassium channel of CA1 pyramidal cells

COMMENT
A potassium channel with one activation gate n that does not inactivate:

    g = gmax*n,  n' = (ninf - n)/taun,  ninf = 1/(1 + alpha),  taun = beta/(q10^((celsius - 24)/10)*a0n*(1 + alpha))
    alpha = exp(zetan*(v - vhalfn)*F/(R*T)),  beta = exp(zetan*gmn*(v - vhalfn)*F/(R*T))

taun is nowhere below nmax.

Source of the equations: R. Klee, E. Ficker, U. Heinemann, Journal of Neurophysiology 74:1982-1995, 1995; in the form of
M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience 7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX ch_Kdrp
    USEION k READ ek WRITE ik
    RANGE gmax, e
    RANGE g, myi
    GLOBAL ninf, taun
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    F = 9.648e4 (coulomb)
    R = 8.315 (joule/degC)
}

PARAMETER {
    gmax = 0.003 (S/cm2)   : conductance with all channels open
    vhalfn = 13 (mV)       : half activation
    zetan = -3 (1)         : gating charge
    gmn = 0.7 (1)          : part of the charge that acts on the way to the open state
    a0n = 0.02 (/ms)       : rate at vhalfn
    nmax = 2 (ms)          : shortest time constant
    q10 = 1 (1)            : factor of the rate for 10 degrees
    e (mV)                 : without effect, the current reverses at ek; kept for models that set it
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
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
    g = gmax*n
    ik = g*(v - ek)
    myi = ik
}

DERIVATIVE relax {
    gate(v)
    n' = (ninf - n)/taun
}

PROCEDURE gate(v (mV)) {
    LOCAL faster, alpha
    faster = q10^((celsius - 24)/10)
    alpha = boltzmann(zetan, 1, v - vhalfn)
    ninf = 1/(1 + alpha)
    taun = boltzmann(zetan, gmn, v - vhalfn)/(faster*a0n*(1 + alpha))
    if (taun < nmax) {
        taun = nmax
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*F/(R*(273.16 + celsius)))
}
