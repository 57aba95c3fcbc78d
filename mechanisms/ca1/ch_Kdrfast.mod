TITLE Fast delayed rectifier potassium channel of interneurons

COMMENT
A potassium channel with four activation gates n:

    g = gmax*n^4,  n' = (ninf - n)/ntau*3^((celsius - 34)/10),  ninf = alpha/(alpha + beta),  ntau = 1/(alpha + beta)

The rates are tabled together with the fraction of the way to the steady state that a step of dt takes. They were
described for a voltage that is 0 at rest; here rest is at -65 mV.

Source of the equations: G. L. F. Yuen, D. Durand, Neuroscience 41:411-423, 1991, with shifted voltages.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_Kdrfast
    USEION k READ ek WRITE ik
    RANGE gmax
    RANGE g, ik, myi
    RANGE ninf, ntau
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
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    ninf (1)         : steady state of n
    ntau (ms)        : time constant of n at 34 degrees
    nexp (1)         : part of the way to ninf that a step takes
}

STATE {
    n (1)   : open gates
}

INITIAL {
    gate(v)
    n = ninf
}

BREAKPOINT {
    SOLVE advance
    g = gmax*n*n*n*n
    ik = g*(v - ek)
    myi = ik
}

: Exact for a voltage that stays the same over the step.
PROCEDURE advance() {
    gate(v)
    n = n + nexp*(ninf - n)
}

PROCEDURE gate(v (mV)) {
    LOCAL faster, opening, closing
    TABLE ninf, ntau, nexp DEPEND dt, celsius FROM -100 TO 100 WITH 200

    faster = 3^((celsius - 34)/10)
    opening = -(0.07 (/ms/mV))*linear_exponential(v + 65 - 47, -6)
    closing = (0.264 (/ms))/exp((v + 65 - 22)/40)
    ntau = 1/(opening + closing)
    ninf = opening/(opening + closing)
    nexp = 1 - exp(-dt*faster/ntau)
}

: x/(exp(x/slope) - 1), by its expansion around 0 where that is 0/0
FUNCTION linear_exponential(x (mV), slope (mV)) (mV) {
    if (fabs(x/slope) < 1e-6) {
        linear_exponential = slope*(1 - x/slope/2)
    } else {
        linear_exponential = x/(exp(x/slope) - 1)
    }
}
