TITLE Light-gated cation channel with three states

COMMENT
A rhodopsin whose photocycle has a closed, an open and a desensitised state. Light of flux phi opens it by a Hill
function; without light it recovers at the rate Gr0. The current rectifies inwards.

    C -> O  at Ga(phi),  O -> D  at Gd,  D -> C  at Gr(phi)

The simulation sets phi; INITIAL turns the light off and makes v1 such that fv is 1 at -70 mV.

Source of the equations: K. Nikolic, N. Grossman, M. S. Grubb, J. Burrone, C. Toumazou, P. Degenaar, Photochemistry and
Photobiology 85:400-411, 2009; in the form of B. D. Evans, S. Jarvis, S. R. Schultz, K. Nikolic, Frontiers in
Neuroinformatics 10:8, 2016 (PyRhO).
ENDCOMMENT

NEURON {
    POINT_PROCESS RhO3c
    RANGE phi, phi_m
    RANGE E, v0, v1, g0
    RANGE k_a, p, k_r, q, Gd, Gr0
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
    phi_m = 1e16 <0, 1e30>        : flux of half activation
    g0 = 1 (pS) <0, 1e9>          : conductance with all channels open, at -70 mV
    E = 0 (mV)                    : reversal potential
    v0 = 43 (mV)                  : steepness of the rectification
    v1 = 4.1 (mV)                 : scale of the rectification
    k_a = 0.28 (/ms) <0, 1e9>     : largest rate of activation
    p = 0.4 (1) <0, 1000>         : Hill coefficient of activation
    k_r = 0.28 (/ms) <0, 1e9>     : largest rate of recovery by light
    q = 0.4 (1) <0, 1000>         : Hill coefficient of recovery
    Gd = 0.0909 (/ms) <0, 1e9>    : rate of deactivation
    Gr0 = 0.0002 (/ms) <0, 1e9>   : rate of recovery in the dark
}

ASSIGNED {
    v (mV)          : membrane potential
    i (nA)          : current, outward positive
    phi             : flux of light
    activate (/ms)  : rate C -> O
    recover (/ms)   : rate D -> C
    open (1)        : open fraction
    rectify (1)     : rectification, 1 at -70 mV
}

STATE {
    C   : closed, ready to open
    O   : open
    D   : desensitised
}

INITIAL {
    C = 1
    O = 0
    D = 0
    phi = 0
    light_rates(phi)
    setV1(E, v0)
    i = 0
}

BREAKPOINT {
    SOLVE photocycle METHOD sparse
    open = O
    rectify = (1 - exp(-(v - E)/v0))*v1/(v - E)
    i = g0*open*rectify*(v - E)*(1e-6)
}

KINETIC photocycle {
    light_rates(phi)
    ~ C <-> O (activate, 0)
    ~ O <-> D (Gd, 0)
    ~ D <-> C (recover, 0)
    CONSERVE C + O + D = 1
}

: Rates that depend on the flux of light; none but recovery in the dark.
PROCEDURE light_rates(flux) {
    if (flux > 0) {
        activate = k_a/(1 + pow(phi_m, p)/pow(flux, p))
        recover = Gr0 + k_r/(1 + pow(phi_m, q)/pow(flux, q))
    } else {
        activate = 0
        recover = Gr0
    }
}

: Makes the rectification 1 at -70 mV.
PROCEDURE setV1(reversal (mV), steepness (mV)) {
    v1 = (70 + reversal)/(exp((70 + reversal)/steepness) - 1)
}

: Conductance of a population with an open fraction and a rectification.
FUNCTION g(largest (pS), fraction (1), rectification (1)) (pS) {
    g = largest*fraction*rectification
}
