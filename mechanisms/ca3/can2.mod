TITLE N-type calcium channel

COMMENT
A high-threshold calcium channel with activation gates m and a slow inactivation gate h; calcium inside blocks it, and
the current is by the Goldman-Hodgkin-Katz equation:

    ica = gcanbar*m^2*h*ki/(ki + cai)*ghk(v, cai, cao)

The rate of m is 0/0 at 19.88 mV exactly, where the channel is not defined.

Source of the equations: D. B. Jaffe, W. N. Ross, J. E. Lisman, N. Lasser-Ross, H. Miyakawa, D. Johnston, Journal of
Neurophysiology 71:1065-1077, 1994, for the steady states; that of the time constants is not on record.
ENDCOMMENT

NEURON {
    SUFFIX can
    USEION ca READ cai, cao WRITE ica
    RANGE gcanbar
    RANGE gcan, ica
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
    (mM) = (milli/liter)
}

PARAMETER {
    gcanbar = 0.0003 (S/cm2)   : conductance with all channels open
    ki = 0.001 (mM)            : calcium that blocks half of the channels
    q10 = 5 (1)                : factor of m's rate for 10 degrees
    vhalfm = -14 (mV)          : voltage to which m's time constant refers
    zetam = 2 (1)              : gating charge of m's time constant
    gmm = 0.1 (1)              : part of that charge on the way to the open state
    a0m = 0.03 (/ms)           : rate of m at vhalfm
    mmin = 0.2 (ms)            : shortest time constant of m at 25 degC
    hmin = 3 (ms)              : shortest time constant of h; only above 80 ms it has an effect
}

ASSIGNED {
    v (mV)           : membrane potential
    celsius (degC)   : temperature
    cai (mM)         : calcium inside
    cao (mM)         : calcium outside
    ica (mA/cm2)     : calcium current, outward positive
    gcan (S/cm2)     : conductance
    minf (1)         : steady state of m
    taum (ms)        : time constant of m
    hinf (1)         : steady state of h
    tauh (ms)        : time constant of h
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
    gcan = gcanbar*m*m*h*unblocked(cai)
    ica = gcan*ghk(v, cai, cao)
}

DERIVATIVE relax {
    gates(v)
    m' = (minf - m)/taum
    h' = (hinf - h)/tauh
}

PROCEDURE gates(v (mV)) {
    LOCAL faster, opening, total
    faster = q10^((celsius - 25)/10)

    opening = (0.1967 (/ms/mV))*(19.88 - v)/(exp((19.88 - v)/(10 (mV))) - 1)
    total = 1/(opening + (0.046 (/ms))*exp(-v/(20.73 (mV))))
    minf = opening*total
    taum = boltzmann(zetam, gmm, v - vhalfm)/(faster*a0m*(1 + boltzmann(zetam, 1, v - vhalfm)))
    if (taum < mmin/faster) {
        taum = mmin/faster
    }

    opening = (1.6e-4 (/ms))*exp(-v/(48.4 (mV)))
    total = 1/(opening + (1 (/ms))/(exp((39 - v)/(10 (mV))) + 1))
    hinf = opening*total
    tauh = 80
    if (tauh < hmin) {
        tauh = hmin
    }
}

: Fraction of channels that calcium inside does not block.
FUNCTION unblocked(inside (mM)) (1) {
    unblocked = ki/(ki + inside)
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
