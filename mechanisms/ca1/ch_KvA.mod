TITLE A-type potassium channel of interneurons

COMMENT
A transient potassium channel with an activation gate n and an inactivation gate l:

    g = gmax*n*l,  n' = (ninf - n)/taun,  l' = (linf - l)/taul

Both gates follow one scheme, for n: ninf = 1/(1 + alpha), taun = beta/(3^((celsius - 30)/10)*a0n*(1 + alpha)),
alpha = exp(zetan*(v - vhalfn)*F/(R*T)), beta = exp(zetan*gmn*(v - vhalfn)*F/(R*T)).

Source of the equations: M. Migliore, E. P. Cook, D. B. Jaffe, D. A. Turner, D. Johnston, Journal of Neurophysiology
73:1157-1168, 1995.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_KvA
    USEION k READ ek WRITE ik
    RANGE gmax
    RANGE g, ik, myi
    GLOBAL ninf, taun, linf, taul
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    F = 9.648e4 (coulomb)
    R = 8.315 (joule/degC)
}

PARAMETER {
    gmax = 0.01 (S/cm2)   : conductance with all channels open

    vhalfn = -33.6 (mV)   : half activation
    zetan = -3 (1)        : gating charge of the activation
    gmn = 0.6 (1)         : part of the charge that acts on the way to the open state
    a0n = 0.02 (/ms)      : rate at vhalfn

    vhalfl = -83 (mV)     : half inactivation
    zetal = 4 (1)         : gating charge of the inactivation
    gml = 1 (1)           : part of the charge that acts on the way to the open state
    a0l = 0.08 (/ms)      : rate at vhalfl
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
    g = gmax*n*l
    ik = g*(v - ek)
    myi = ik
}

DERIVATIVE relax {
    gates(v)
    n' = (ninf - n)/taun
    l' = (linf - l)/taul
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, alpha
    faster = 3^((celsius - 30)/10)
    alpha = boltzmann(zetan, 1, v - vhalfn)
    ninf = 1/(1 + alpha)
    taun = boltzmann(zetan, gmn, v - vhalfn)/(faster*a0n*(1 + alpha))
    alpha = boltzmann(zetal, 1, v - vhalfl)
    linf = 1/(1 + alpha)
    taul = boltzmann(zetal, gml, v - vhalfl)/(faster*a0l*(1 + alpha))
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*F/(R*(273.16 + celsius)))
}
