TITLE Sodium channel of CA1 pyramidal cells, axon

COMMENT
A fast sodium channel with activation gates m and an inactivation gate h, without slow inactivation:

    g = gmax*m^3*h

The rates of m and of h are of the form rate*x/(1 - exp(-x/slope)), x being the distance from a voltage. The steady
state of h is a function of its own, and neither time constant is below its least value. sh shifts everything to
depolarised voltages.

Source of the equations: M. Migliore, D. A. Hoffman, J. C. Magee, D. Johnston, Journal of Computational Neuroscience
7:5-15, 1999.
ENDCOMMENT

NEURON {
    SUFFIX ch_Navaxonp
    USEION na READ ena WRITE ina
    RANGE gmax, e
    RANGE g, myi
    GLOBAL minf, mtau, hinf, htau
    GLOBAL thinf, qinf
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0.01 (S/cm2)   : conductance with all channels open
    sh = 15 (mV)          : shift of all voltages below
    q10 = 2 (1)           : factor of the rates of m and h for 10 degrees

    tha = -30 (mV)        : voltage of m's rates
    qa = 7.2 (mV)         : slope of m's rates
    Ra = 0.4 (/ms/mV)     : rate at which m opens
    Rb = 0.124 (/ms/mV)   : rate at which m closes
    mmin = 0.02 (ms)      : shortest time constant of m

    thi1 = -45 (mV)       : voltage of h's closing rate
    thi2 = -45 (mV)       : voltage of h's opening rate
    qd = 1.5 (mV)         : slope of h's closing rate
    qg = 1.5 (mV)         : slope of h's opening rate
    Rd = 0.03 (/ms/mV)    : rate at which h closes
    Rg = 0.01 (/ms/mV)    : rate at which h opens
    hmin = 0.5 (ms)       : shortest time constant of h
    thinf = -50 (mV)      : voltage at which half of h is open
    qinf = 4 (mV)         : slope of h's steady state

    e (mV)                : without effect, the current reverses at ena; kept for models that set it
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    ena (mV)         : reversal potential of sodium
    ina (mA/cm2)     : sodium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    minf (1)         : steady state of m
    mtau (ms)        : time constant of m
    hinf (1)         : steady state of h
    htau (ms)        : time constant of h
}

STATE {
    m (1)   : activation gates, open
    h (1)   : inactivation gates, open
}

INITIAL {
    gates(v)
    m = minf
    h = hinf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    g = gmax*m*m*m*h
    ina = g*(v - ena)
    myi = ina
}

DERIVATIVE relax {
    gates(v)
    m' = (minf - m)/mtau
    h' = (hinf - h)/htau
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, closing
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
}

: rate*x/(1 - exp(-x/slope)), by its limit where that is 0/0
FUNCTION linear_exponential(x (mV), rate (/ms/mV), slope (mV)) (/ms) {
    if (fabs(x) > 1e-6) {
        linear_exponential = rate*x/(1 - exp(-x/slope))
    } else {
        linear_exponential = rate*slope
    }
}
