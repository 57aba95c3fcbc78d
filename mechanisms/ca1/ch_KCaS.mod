TITLE Calcium-activated potassium channel of small conductance

COMMENT
A potassium channel with two gates q that calcium opens, at any voltage:

    g = gmax*q^2,  q' = (qinf - q)/qtau,  qtau = 1/(alpha + beta)/3^((celsius - 34)/10),  qinf = alpha*qtau
    alpha = 15 /ms/mM2*cai^2,  beta = 0.00025 /ms

The factor of the temperature is in qinf too, which is alpha/(alpha + beta) at 34 degrees only.

Source of the equations: not on record; the channel comes from models of dentate granule cells.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_KCaS
    USEION k READ ek WRITE ik
    USEION ca READ cai VALENCE 2
    RANGE gmax
    RANGE g, ik, myi, mye
    RANGE qinf, qtau
}

UNITS {
    (molar) = (1/liter)
    (mM) = (millimolar)
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
    cai (mM)         : calcium inside
    ek (mV)          : reversal potential of potassium
    ik (mA/cm2)      : potassium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    mye (mV)         : reversal potential that the current was computed with
    g (S/cm2)        : conductance
    qinf (1)         : steady state of q
    qtau (ms)        : time constant of q
    qexp (1)         : part of the way to qinf that a step takes
}

STATE {
    q (1)   : open gates
}

: q starts at the qinf of before, closed in a new model, and not at that of this calcium.
INITIAL {
    q = qinf
    gate(cai)
}

BREAKPOINT {
    SOLVE advance
    g = gmax*q*q
    ik = g*(v - ek)
    myi = ik
    mye = ek
}

: Exact for calcium that stays the same over the step.
PROCEDURE advance() {
    gate(cai)
    q = q + (qinf - q)*qexp
}

PROCEDURE gate(ca (mM)) {
    LOCAL opening
    opening = (15 (/ms/mM2))*ca*ca
    qtau = 1/(opening + (0.00025 (/ms)))/3^((celsius - 34)/10)
    qinf = opening*qtau
    qexp = 1 - exp(-dt/qtau)
}
