TITLE Potassium channel activated by calcium and voltage

COMMENT
A large-conductance potassium channel with one gate o. Calcium binds inside the channel, in the electric field of the
membrane, so that depolarisation and calcium both open it:

    g = gbar*o^st,  opening = abar*ca/(ca + K(k1, d1)),  closing = bbar/(1 + ca/K(k2, d2))
    K(k, d) = k*exp(-2*d*F*v/(R T))

Source of the equations: E. Moczydlowski, R. Latorre, Journal of General Physiology 82:511-542, 1983.
ENDCOMMENT

NEURON {
    SUFFIX cagk
    USEION ca READ cai
    USEION k READ ek WRITE ik
    RANGE gbar
    RANGE gkca, ik
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    (molar) = (1/liter)
    (mM) = (millimolar)
    FARADAY = (faraday) (kilocoulombs)
    R = 8.313424 (joule/degC)
}

PARAMETER {
    gbar = 0.01 (S/cm2)   : conductance with all channels open
    st = 1 (1)            : number of gates of a channel
    abar = 0.28 (/ms)     : largest opening rate
    d1 = 0.84 (1)         : part of the field that calcium crosses to the site of opening
    k1 = 0.48e-3 (mM)     : calcium of half the opening rate at 0 mV
    bbar = 0.48 (/ms)     : largest closing rate
    d2 = 1 (1)            : part of the field that calcium crosses to the site of closing
    k2 = 0.13e-6 (mM)     : calcium of half the closing rate at 0 mV
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    cai (mM)         : calcium inside
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    gkca (S/cm2)     : conductance
    oinf (1)         : steady state of o
    tau (ms)         : time constant of o
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
    gkca = gbar*o^st
    ik = gkca*(v - ek)
}

DERIVATIVE relax {
    gate(v, cai)
    o' = (oinf - o)/tau
}

PROCEDURE gate(v (mV), c (mM)) {
    LOCAL opening, closing
    opening = c*abar/(c + affinity(k1, d1, v))
    closing = bbar/(1 + c/affinity(k2, d2, v))
    tau = 1/(opening + closing)
    oinf = opening*tau
}

: Dissociation constant of a site behind the part `d` of the field; it is k at 0 mV.
FUNCTION affinity(k (mM), d (1), v (mV)) (mM) {
    affinity = k*exp(-2*d*FARADAY*v/R/(273.15 + celsius))
}
