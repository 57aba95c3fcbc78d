TITLE T-type calcium channel

COMMENT
A low-threshold, transient calcium channel with activation gates m and an inactivation gate h; the current is by the
Goldman-Hodgkin-Katz equation:

    ica = gcatbar*m^2*h*ghk(v, cai, cao)

The rate of m is 0/0 at 19.26 mV exactly, where the channel is not defined.

Source of the equations: D. B. Jaffe, W. N. Ross, J. E. Lisman, N. Lasser-Ross, H. Miyakawa, D. Johnston, Journal of
Neurophysiology 71:1065-1077, 1994, for the steady states; that of the time constants is not on record.
ENDCOMMENT

NEURON {
    SUFFIX cat
    USEION ca READ cai, cao WRITE ica
    RANGE gcatbar
    RANGE gcat, ica
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    (mM) = (milli/liter)
}

PARAMETER {
    gcatbar = 0.003 (S/cm2)   : conductance with all channels open
    q10 = 5 (1)               : factor of m's rate for 10 degrees

    vhalfm = -28 (mV)   : voltage to which m's time constant refers
    zetam = 2 (1)       : gating charge of m's time constant
    gmm = 0.1 (1)       : part of that charge on the way to the open state
    a0m = 0.04 (/ms)    : rate of m at vhalfm
    mmin = 0.2 (ms)     : shortest time constant of m

    vhalfh = -75 (mV)   : voltage to which h's time constant refers
    zetah = 3.5 (1)     : gating charge of h's time constant
    gmh = 0.6 (1)       : part of that charge on the way to the open state
    a0h = 0.015 (/ms)   : rate of h at vhalfh
    hmin = 10 (ms)      : shortest time constant of h
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    cai (mM)         : calcium inside
    cao (mM)         : calcium outside
    ica (mA/cm2)     : calcium current, outward positive
    gcat (S/cm2)     : conductance
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
    gcat = gcatbar*m*m*h
    ica = gcat*ghk(v, cai, cao)
}

DERIVATIVE relax {
    gates(v)
    m' = (minf - m)/mtau
    h' = (hinf - h)/htau
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, closing
    faster = q10^((celsius - 25)/10)

    opening = (0.2 (/mV))*(19.26 - v)/(exp((19.26 - v)/(10 (mV))) - 1)
    closing = 0.009*exp(-v/(22.03 (mV)))
    minf = opening/(opening + closing)
    mtau = boltzmann(zetam, gmm, v - vhalfm)/(faster*a0m*(1 + boltzmann(zetam, 1, v - vhalfm)))
    if (mtau < mmin) {
        mtau = mmin
    }

    opening = 1e-6*exp(-v/(16.26 (mV)))
    closing = 1/(exp((29.79 - v)/(10 (mV))) + 1)
    hinf = opening/(opening + closing)
    htau = boltzmann(zetah, gmh, v - vhalfh)/(a0h*(1 + boltzmann(zetah, 1, v - vhalfh)))
    if (htau < hmin) {
        htau = hmin
    }
}

: Driving force of calcium by the Goldman-Hodgkin-Katz current equation, as a voltage.
FUNCTION ghk(v (mV), inside (mM), outside (mM)) (mV) {
    LOCAL scale, x
    scale = (25 (mV))/(293.15 (degC))*(celsius + 273.15)/2
    x = v/scale
    ghk = -scale*(1 - (inside/outside)*exp(x))*x_over_expm1(x)
}

: x/(exp(x) - 1), by its series where that is 0/0
FUNCTION x_over_expm1(x (1)) (1) {
    if (fabs(x) < 1e-4) {
        x_over_expm1 = 1 - x/2
    } else {
        x_over_expm1 = x/(exp(x) - 1)
    }
}

: Factor by which a shift of the voltage changes a rate: `charge` elementary charges, of which `part` crosses the field.
FUNCTION boltzmann(charge (1), part (1), shift (mV)) (1) {
    boltzmann = exp((0.0378 (/mV))*charge*part*shift)
}
