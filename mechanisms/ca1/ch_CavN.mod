TITLE N-type calcium channel

COMMENT
A calcium channel with two activation gates c and an inactivation gate d, whose current follows Ohm's law:

    g = gmax*c^2*d,  c' = (cinf - c)/ctau*3^((celsius - 34)/10),  cinf = alpha/(alpha + beta),  ctau = 1/(alpha + beta)

and d likewise. The rates are tabled together with the fraction of the way to the steady state that a step of dt takes.

Source of the equations: I. Aradi, W. R. Holmes, Journal of Computational Neuroscience 6:215-235, 1999.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_CavN
    USEION ca READ eca WRITE ica VALENCE 2
    RANGE gmax
    RANGE g, myi
    RANGE cinf, ctau, dinf, dtau
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0 (S/cm2)   : conductance with all channels open
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    dt (ms)          : time step
    eca (mV)         : reversal potential of calcium
    ica (mA/cm2)     : calcium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    cinf (1)         : steady state of c
    ctau (ms)        : time constant of c at 34 degrees
    cexp (1)         : part of the way to cinf that a step takes
    dinf (1)         : steady state of d
    dtau (ms)        : time constant of d at 34 degrees
    dexp (1)         : part of the way to dinf that a step takes
}

STATE {
    c (1)   : activation gates, open
    d (1)   : inactivation gates, open
}

INITIAL {
    gates(v)
    c = cinf
    d = dinf
}

BREAKPOINT {
    SOLVE advance
    g = gmax*c*c*d
    ica = g*(v - eca)
    myi = ica
}

: Exact for a voltage that stays the same over the step.
PROCEDURE advance() {
    gates(v)
    c = c + cexp*(cinf - c)
    d = d + dexp*(dinf - d)
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, closing
    TABLE cinf, ctau, cexp, dinf, dtau, dexp DEPEND dt, celsius FROM -100 TO 100 WITH 200

    faster = 3^((celsius - 34)/10)

    opening = -(0.19 (/ms/mV))*linear_exponential(v - 19.88, -10)
    closing = (0.046 (/ms))*exp(-v/20.73)
    ctau = 1/(opening + closing)
    cinf = opening/(opening + closing)
    cexp = 1 - exp(-dt*faster/ctau)

    opening = (0.00016 (/ms))*exp(-v/48.4)
    closing = (1 (/ms))/(exp((39 - v)/10) + 1)
    dtau = 1/(opening + closing)
    dinf = opening/(opening + closing)
    dexp = 1 - exp(-dt*faster/dtau)
}

: x/(exp(x/slope) - 1), by its expansion around 0 where that is 0/0
FUNCTION linear_exponential(x (mV), slope (mV)) (mV) {
    if (fabs(x/slope) < 1e-6) {
        linear_exponential = slope*(1 - x/slope/2)
    } else {
        linear_exponential = x/(exp(x/slope) - 1)
    }
}
