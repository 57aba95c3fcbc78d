TITLE Light-gated cation channel with six states

COMMENT
A rhodopsin with two open states of different conductance, each reached from a closed state through an intermediate
one. Light of flux phi drives C1 -> I1, C2 -> I2 and the exchange of the open states by Hill functions.

    C1 -> I1 -> O1 <-> O2 <- I2 <- C2,  O1 -> C1,  O2 -> C2 -> C1

The simulation sets phi; INITIAL turns the light off and makes v1 such that the rectification is 1 at -70 mV.

Source of the equations: N. Grossman, V. Simiaki, C. Martinet, C. Toumazou, S. R. Schultz, K. Nikolic, Journal of
Computational Neuroscience 34:477-488, 2013; in the form of B. D. Evans, S. Jarvis, S. R. Schultz, K. Nikolic,
Frontiers in Neuroinformatics 10:8, 2016 (PyRhO).
ENDCOMMENT

NEURON {
    POINT_PROCESS RhO6c
    RANGE phi, phi_m
    RANGE E, v0, v1, g0, gam
    RANGE k1, k2, k_f, k_b, Gf0, Gb0, p, q
    RANGE Go1, Go2, Gd1, Gd2, Gr0
    RANGE i
    NONSPECIFIC_CURRENT i
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (pS) = (picosiemens)
}

: Flux of light is in photons/(s mm2), which NEURON's units do not know.
PARAMETER {
    phi_m = 1e16                   : flux of half activation
    g0 = 75000 (pS) <0, 1e9>       : conductance with all channels in O1, at -70 mV
    gam = 0.05 (1) <0, 1>          : conductance of O2 relative to O1
    E = 0 (mV)                     : reversal potential
    v0 = 43 (mV)                   : steepness of the rectification
    v1 = 4.1 (mV)                  : scale of the rectification
    k1 = 5 (/ms) <0, 1e9>          : largest rate C1 -> I1
    k2 = 1.1 (/ms) <0, 1e9>        : largest rate C2 -> I2
    k_f = 0.0135 (/ms) <0, 1e9>    : largest rate O1 -> O2 by light
    k_b = 0.0048 (/ms) <0, 1e9>    : largest rate O2 -> O1 by light
    Gf0 = 0.022 (/ms) <0, 1e9>     : rate O1 -> O2 in the dark
    Gb0 = 0.011 (/ms) <0, 1e9>     : rate O2 -> O1 in the dark
    p = 0.7 (1) <0, 1000>          : Hill coefficient of the closed states' activation
    q = 0.47 (1) <0, 1000>         : Hill coefficient of the open states' exchange
    Go1 = 1 (/ms) <0, 1e9>         : rate I1 -> O1
    Go2 = 1 (/ms) <0, 1e9>         : rate I2 -> O2
    Gd1 = 0.13 (/ms) <0, 1e9>      : rate O1 -> C1
    Gd2 = 0.025 (/ms) <0, 1e9>     : rate O2 -> C2
    Gr0 = 0.00033 (/ms) <0, 1e9>   : rate C2 -> C1
}

ASSIGNED {
    v (mV)            : membrane potential
    i (nA)            : current, outward positive
    phi               : flux of light
    activate1 (/ms)   : rate C1 -> I1
    activate2 (/ms)   : rate C2 -> I2
    forward (/ms)     : rate O1 -> O2
    backward (/ms)    : rate O2 -> O1
    open (1)          : open fraction, O2 counted by its conductance
    rectify (1)       : rectification, 1 at -70 mV
}

STATE {
    C1   : closed, after long darkness
    I1   : between C1 and O1
    O1   : open, high conductance
    O2   : open, low conductance
    I2   : between C2 and O2
    C2   : closed, after light
}

INITIAL {
    C1 = 1
    I1 = 0
    O1 = 0
    O2 = 0
    I2 = 0
    C2 = 0
    phi = 0
    light_rates(phi)
    setV1(E, v0)
    i = 0
}

BREAKPOINT {
    SOLVE photocycle METHOD sparse
    open = O1 + gam*O2
    rectify = (1 - exp(-(v - E)/v0))/((v - E)/v1)
    i = g0*open*rectify*(v - E)*(1e-6)
}

KINETIC photocycle {
    light_rates(phi)
    ~ C1 <-> I1 (activate1, 0)
    ~ I1 <-> O1 (Go1, 0)
    ~ O1 <-> C1 (Gd1, 0)
    ~ O1 <-> O2 (forward, backward)
    ~ O2 <-> I2 (0, Go2)
    ~ I2 <-> C2 (0, activate2)
    ~ O2 <-> C2 (Gd2, 0)
    ~ C2 <-> C1 (Gr0, 0)
    CONSERVE C1 + I1 + O1 + O2 + I2 + C2 = 1
}

: Rates that depend on the flux of light.
PROCEDURE light_rates(flux) {
    LOCAL closed, opened
    if (flux > 0) {
        closed = 1/(1 + pow(phi_m, p)/pow(flux, p))
        opened = 1/(1 + pow(phi_m, q)/pow(flux, q))
    } else {
        closed = 0
        opened = 0
    }
    activate1 = k1*closed
    activate2 = k2*closed
    forward = Gf0 + k_f*opened
    backward = Gb0 + k_b*opened
}

: Makes the rectification 1 at -70 mV.
PROCEDURE setV1(reversal (mV), steepness (mV)) {
    v1 = (70 + reversal)/(exp((70 + reversal)/steepness) - 1)
}
