TITLE Sodium channel of interneurons

COMMENT
A fast sodium channel of the form of Hodgkin and Huxley, with three activation gates m and an inactivation gate h:

    g = gmax*m^3*h,  m' = (minf - m)/mtau*3^((celsius - 34)/10),  minf = alpha/(alpha + beta),  mtau = 1/(alpha + beta)

and h likewise. The rates are tabled together with the fraction of the way to the steady state that a step of dt takes.

Source of the equations: A. L. Hodgkin, A. F. Huxley, Journal of Physiology 117:500-544, 1952, for the form; that of the
constants is not on record.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_Nav
    USEION na READ ena WRITE ina
    RANGE gmax
    RANGE g, ina, myi
    RANGE minf, mtau, hinf, htau
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0 (S/cm2)         : conductance with all channels open

    mAlphC = -0.3 (/ms/mV)   : m's opening rate: factor
    mAlphV = 43 (mV)         : m's opening rate: voltage, sign changed
    mBetaC = 0.3 (/ms/mV)    : m's closing rate: factor
    mBetaV = 15 (mV)         : m's closing rate: voltage, sign changed

    hAlphC = 0.23 (/ms)      : h's opening rate: factor
    hAlphV = 65 (mV)         : h's opening rate: voltage, sign changed
    hBetaC = 3.33 (/ms)      : h's closing rate: largest value
    hBetaV = 12.5 (mV)       : h's closing rate: voltage, sign changed
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    dt (ms)          : time step
    ena (mV)         : reversal potential of sodium
    ina (mA/cm2)     : sodium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    minf (1)         : steady state of m
    mtau (ms)        : time constant of m at 34 degrees
    mexp (1)         : part of the way to minf that a step takes
    hinf (1)         : steady state of h
    htau (ms)        : time constant of h at 34 degrees
    hexp (1)         : part of the way to hinf that a step takes
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
    SOLVE advance
    g = gmax*m*m*m*h
    ina = g*(v - ena)
    myi = ina
}

: Exact for a voltage that stays the same over the step.
PROCEDURE advance() {
    gates(v)
    m = m + mexp*(minf - m)
    h = h + hexp*(hinf - h)
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, closing
    TABLE minf, mtau, mexp, hinf, htau, hexp
    DEPEND dt, celsius, mAlphC, mAlphV, mBetaC, mBetaV, hAlphC, hAlphV, hBetaC, hBetaV
    FROM -100 TO 100 WITH 200

    faster = 3^((celsius - 34)/10)

    opening = mAlphC*linear_exponential(v + mAlphV, -5)
    closing = mBetaC*linear_exponential(v + mBetaV, 5)
    mtau = 1/(opening + closing)
    minf = opening/(opening + closing)
    mexp = 1 - exp(-dt*faster/mtau)

    opening = hAlphC/exp((v + hAlphV)/20)
    closing = hBetaC/(1 + exp((v + hBetaV)/(-10)))
    htau = 1/(opening + closing)
    hinf = opening/(opening + closing)
    hexp = 1 - exp(-dt*faster/htau)
}

: x/(exp(x/slope) - 1), by its expansion around 0 where that is 0/0
FUNCTION linear_exponential(x (mV), slope (mV)) (mV) {
    if (fabs(x/slope) < 1e-6) {
        linear_exponential = slope*(1 - x/slope/2)
    } else {
        linear_exponential = x/(exp(x/slope) - 1)
    }
}
