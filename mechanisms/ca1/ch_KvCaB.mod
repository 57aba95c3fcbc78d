TITLE Calcium- and voltage-activated potassium channel of big conductance

COMMENT
A potassium channel with a gate o. Calcium binds twice, each time with a dissociation constant that falls with the
voltage, K(v) = k*exp(-2*d*F*v/(R*T)):

    g = gmax*o^st,  o' = alpha*(1 - o) - beta*o,  alpha = abar*cai/(cai + K1(v)),  beta = bbar/(1 + cai/K2(v))

Source of the equations: E. Moczydlowski, R. Latorre, Journal of General Physiology 82:511-542, 1983, modified.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_KvCaB
    USEION k READ ek WRITE ik
    USEION ca READ cai VALENCE 2
    RANGE gmax
    RANGE g, ik, myi
    GLOBAL oinf, otau
}

UNITS {
    (molar) = (1/liter)
    (mM) = (millimolar)
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    F = (faraday) (kilocoulombs)
    R = 8.313424 (joule/degC)
}

PARAMETER {
    gmax = 0.01 (S/cm2)   : conductance with all channels open
    st = 1 (1)            : number of gates

    abar = 0.28 (/ms)     : largest opening rate
    k1 = 0.00048 (mM)     : dissociation constant of opening at 0 mV
    d1 = 0.84 (1)         : part of the field that calcium crosses to open

    bbar = 0.48 (/ms)     : largest closing rate
    k2 = 1.3e-7 (mM)      : dissociation constant of closing at 0 mV
    d2 = 1 (1)            : part of the field that calcium crosses to keep the channel open
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    cai (mM)         : calcium inside
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    oinf (1)         : steady state of o
    otau (ms)        : time constant of o
}

STATE {
    o (1)   : open gates
}

INITIAL {
    gate(v, cai)
    o = oinf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    g = gmax*o^st
    ik = g*(v - ek)
    myi = ik
}

DERIVATIVE relax {
    gate(v, cai)
    o' = (oinf - o)/otau
}

PROCEDURE gate(v (mV), ca (mM)) {
    LOCAL opening, closing
    opening = ca*abar/(ca + dissociation(k1, d1, v))
    closing = bbar/(1 + ca/dissociation(k2, d2, v))
    otau = 1/(opening + closing)
    oinf = opening*otau
}

FUNCTION dissociation(at_zero (mM), part (1), v (mV)) (mM) {
    dissociation = at_zero*exp(-2*part*F*v/R/(273.15 + celsius))
}
