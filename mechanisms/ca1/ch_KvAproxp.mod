TITLE A-type potassium channel of CA1 pyramidal cells, proximal dendrites

COMMENT
A transient potassium channel with an activation gate n and an inactivation gate l, as found in proximal dendrites of
CA1 pyramidal cells:

    g = gmax*n*l,  n' = (ninf - n)/taun,  l' = (linf - l)/taul
    ninf = 1/(1 + alpha),  taun = beta/(q10^((celsius - 24)/10)*a0n*(1 + alpha)), at least nmin
    alpha = exp(zeta*(v - vhalfn)*F/(R*T)),  beta = exp(zeta*gmn*(v - vhalfn)*F/(R*T))
    linf = 1/(1 + exp(zetal*(v - vhalfl)*F/(R*T))),  taul = 0.26 ms/mV*(v + 50 mV)/qtl, at least lmin/qtl

The gating charge zeta = zetan + pw/(1 + exp((v - tq)/qq)) grows when the membrane is hyperpolarised.

Source of the equations: R. Klee, E. Ficker, U. Heinemann, Journal of Neurophysiology 74:1982-1995, 1995; in the form of
M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience 7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX ch_KvAproxp
    USEION k READ ek WRITE ik
    RANGE gmax, e
    RANGE g, myi
    GLOBAL ninf, taun, linf, taul, lmin
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    F = 9.648e4 (coulomb)
    R = 8.315 (joule/degC)
}

PARAMETER {
    gmax = 0.008 (S/cm2)   : conductance with all channels open

    vhalfn = 11 (mV)       : half activation
    zetan = -1.5 (1)       : gating charge of the activation at depolarised voltages
    gmn = 0.55 (1)         : part of the charge that acts on the way to the open state
    a0n = 0.05 (/ms)       : rate at vhalfn
    nmin = 0.1 (ms)        : shortest time constant of the activation
    pw = -1 (1)            : gating charge added at hyperpolarised voltages
    tq = -40 (mV)          : voltage at which half of pw is added
    qq = 5 (mV)            : width of the voltages over which pw is added

    vhalfl = -56 (mV)      : half inactivation
    zetal = 3 (1)          : gating charge of the inactivation
    lmin = 2 (ms)          : shortest time constant of the inactivation, with qtl = 1

    q10 = 5 (1)            : factor of the activation's rate for 10 degrees
    qtl = 1 (1)            : factor of the inactivation's rate
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
    LOCAL faster, zeta, alpha
    faster = q10^((celsius - 24)/10)
    zeta = zetan + pw/(1 + exp((v - tq)/qq))
    alpha = boltzmann(zeta, 1, v - vhalfn)
    ninf = 1/(1 + alpha)
    taun = boltzmann(zeta, gmn, v - vhalfn)/(faster*a0n*(1 + alpha))
    if (taun < nmin) {
        taun = nmin
    }
    linf = 1/(1 + boltzmann(zetal, 1, v - vhalfl))
    taul = (0.26 (ms/mV))*(v + 50)/qtl
    if (taul < lmin/qtl) {
        taul = lmin/qtl
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*F/(R*(273.16 + celsius)))
}
