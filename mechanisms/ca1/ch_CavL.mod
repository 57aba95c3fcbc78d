TITLE L-type calcium channel

COMMENT
A calcium channel with two activation gates m that calcium inside blocks, and whose current follows the equation of
Goldman, Hodgkin and Katz:

    g = gmax*m^2*ki/(ki + cai),  m' = alpha*tfa*(1 - m) - beta*tfa*m
    ica = -g*f*(1 - cai/cao*exp(v/f))*(v/f)/(exp(v/f) - 1),  f = 12.5 mV*T/293.15 K

alpha and beta are tabled.

Source of the equations: D. B. Jaffe, W. N. Ross, J. E. Lisman, N. Lasser-Ross, H. Miyakawa, D. Johnston, Journal of
Neurophysiology 71:1065-1077, 1994.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_CavL
    USEION ca READ cai, cao WRITE ica VALENCE 2
    RANGE gmax
    RANGE g, ica, myi
    GLOBAL minf, mtau
}

UNITS {
    (molar) = (1/liter)
    (mM) = (millimolar)
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0 (S/cm2)   : conductance with all channels open and no calcium inside
    ki = 0.001 (mM)    : calcium that blocks half of the channels
    tfa = 1 (1)        : factor of the rates
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    cai (mM)         : calcium inside
    cao (mM)         : calcium outside
    ica (mA/cm2)     : calcium current, outward positive
    myi (mA/cm2)     : current under the name that all channels of this set share
    g (S/cm2)        : conductance
    minf (1)         : steady state of m
    mtau (ms)        : time constant of m
}

STATE {
    m (1)   : open gates
}

INITIAL {
    gate(v)
    m = minf
}

BREAKPOINT {
    SOLVE relax METHOD cnexp
    g = gmax*m*m*(ki/(ki + cai))
    ica = g*driving_force(v, cai, cao)
    myi = ica
}

DERIVATIVE relax {
    gate(v)
    m' = (minf - m)/mtau
}

PROCEDURE gate(v (mV)) {
    LOCAL opening
    opening = opening_rate(v)
    mtau = 1/(tfa*(opening + closing_rate(v)))
    minf = tfa*opening*mtau
}

FUNCTION opening_rate(v (mV)) (/ms) {
    TABLE FROM -150 TO 150 WITH 200
    opening_rate = (15.69 (/ms/mV))*(81.5 - v)/(exp((81.5 - v)/10) - 1)
}

FUNCTION closing_rate(v (mV)) (/ms) {
    TABLE FROM -150 TO 150 WITH 200
    closing_rate = (0.29 (/ms))*exp(-v/10.86)
}

: The equation of Goldman, Hodgkin and Katz as the voltage by which Ohm's law would give the same current.
FUNCTION driving_force(v (mV), ci (mM), co (mM)) (mV) {
    LOCAL f, x
    f = (25 (mV))/293.15*(celsius + 273.15)/2
    x = v/f
    driving_force = -f*(1 - ci/co*exp(x))*over_exponential(x)
}

: x/(exp(x) - 1), by its expansion around 0 where that is 0/0
FUNCTION over_exponential(x (1)) (1) {
    if (fabs(x) < 1e-4) {
        over_exponential = 1 - x/2
    } else {
        over_exponential = x/(exp(x) - 1)
    }
}
