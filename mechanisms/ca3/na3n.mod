TITLE Sodium channel of CA3 pyramidal cells with slow inactivation

COMMENT
A sodium channel with activation gates m, a fast inactivation gate h and a slow inactivation gate s:

    g = gbar*m^3*h*s

The rates of m and h are of the form rate*x/(1 - exp(-x/slope)), x being the distance from a voltage; the steady state
of h is a function of its own. Slow inactivation leaves at least the part ar of the channels: with ar = 1 there is
none. sh shifts everything to depolarised voltages.

Source of the equations: M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience
7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX na3
    USEION na READ ena WRITE ina
    RANGE gbar, ar, sh
    RANGE ina
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gbar = 0.01 (S/cm2)   : conductance with all channels open
    sh = 24 (mV)          : shift of all voltages below
    q10 = 2 (1)           : factor of the rates of m and h for 10 degrees

    tha = -30 (mV)        : voltage of m's rates
    qa = 7.2 (mV)         : slope of m's rates
    Ra = 0.4 (/ms/mV)     : rate at which m opens
    Rb = 0.124 (/ms/mV)   : rate at which m closes
    mmin = 0.02 (ms)      : shortest time constant of m

    thi1 = -45 (mV)      : voltage of h's closing rate
    thi2 = -45 (mV)      : voltage of h's opening rate
    qd = 1.5 (mV)        : slope of h's closing rate
    qg = 1.5 (mV)        : slope of h's opening rate
    Rd = 0.03 (/ms/mV)   : rate at which h closes
    Rg = 0.01 (/ms/mV)   : rate at which h opens
    hmin = 0.5 (ms)      : shortest time constant of h
    thinf = -50 (mV)     : voltage at which half of h is open
    qinf = 4 (mV)        : slope of h's steady state

    ar = 1 (1)           : part of the channels without slow inactivation
    vvh = -58 (mV)       : voltage at which half of the others are slowly inactivated
    vvs = 2 (mV)         : slope of s's steady state
    vhalfs = -60 (mV)    : voltage to which s's time constant refers
    a0s = 0.0003 (/ms)   : rate of s at vhalfs
    zetas = 12 (1)       : gating charge of s's time constant
    gms = 0.2 (1)        : part of that charge on the way to the open state
    smax = 10 (ms)       : shortest time constant of s

    tq = -55 (mV)   : without effect; kept for models that set it
    qq = 10 (mV)    : without effect; kept for models that set it
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    ena (mV)         : reversal potential of sodium
    ina (mA/cm2)     : sodium current, outward positive
    g (S/cm2)        : conductance
    minf (1)         : steady state of m
    mtau (ms)        : time constant of m
    hinf (1)         : steady state of h
    htau (ms)        : time constant of h
    sinf (1)         : steady state of s
    taus (ms)        : time constant of s
}

STATE {
    m (1)   : activation gates, open
    h (1)   : fast inactivation gates, open
    s (1)   : slow inactivation gates, open
}

INITIAL {
    gates(v)
    m = minf
    h = hinf
    s = sinf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    g = gbar*m*m*m*h*s
    ina = g*(v - ena)
}

DERIVATIVE relax {
    gates(v)
    m' = (minf - m)/mtau
    h' = (hinf - h)/htau
    s' = (sinf - s)/taus
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, closing, free
    faster = q10^((celsius - 24)/10)

    opening = linear_exponential(v - (tha + sh), Ra, qa)
    closing = linear_exponential((tha + sh) - v, Rb, qa)
    mtau = 1/(opening + closing)/faster
    if (mtau < mmin) {
        mtau = mmin
    }
    minf = opening/(opening + closing)

    closing = linear_exponential(v - (thi1 + sh), Rd, qd)
    opening = linear_exponential((thi2 + sh) - v, Rg, qg)
    htau = 1/(closing + opening)/faster
    if (htau < hmin) {
        htau = hmin
    }
    hinf = 1/(1 + exp((v - thinf - sh)/qinf))

    free = 1/(1 + exp((v - vvh - sh)/vvs))
    sinf = free + ar*(1 - free)
    taus = boltzmann(zetas, gms, v - vhalfs - sh)/(a0s*(1 + boltzmann(zetas, 1, v - vhalfs - sh)))
    if (taus < smax) {
        taus = smax
    }
}

: rate*x/(1 - exp(-x/slope)), by its limit where that is 0/0
FUNCTION linear_exponential(x (mV), rate (/ms/mV), slope (mV)) (/ms) {
    if (fabs(x) > 1e-6) {
        linear_exponential = rate*x/(1 - exp(-x/slope))
    } else {
        linear_exponential = rate*slope
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((1e-3)*charge*part*shift*(9.648e4 (coulomb))/((8.315 (joule/degC))*(273.16 + celsius)))
}
