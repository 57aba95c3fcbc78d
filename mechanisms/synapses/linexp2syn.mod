TITLE Synapse with a double-exponential time course and linear summation

COMMENT
A conductance that rises with tau_rise and decays with tau_decay, shared by all presynaptic sources: events add up
without saturation. An event of weight 1 through a connection of unitary conductance g_unit has a peak of g_unit.

    g(t) = B(t) - A(t),  A' = -A/tau_rise,  B' = -B/tau_decay

Source of the equations: N. T. Carnevale and M. L. Hines, The NEURON Book, Cambridge University Press 2006, chapter 10
(difference of two exponentials, normalised to its peak).
ENDCOMMENT

NEURON {
    POINT_PROCESS LinExp2Syn
    RANGE tau_rise, tau_decay, e
    RANGE g, i
    NONSPECIFIC_CURRENT i
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
}

PARAMETER {
    tau_rise = 1 (ms)    : time constant of the rise
    tau_decay = 5 (ms)   : time constant of the decay
    e = 0 (mV)           : reversal potential
}

ASSIGNED {
    v (mV)       : membrane potential
    i (nA)       : current, outward positive
    g (uS)       : conductance
    scale (1)    : makes the peak of B - A after an event of 1 equal to 1
}

STATE {
    A (uS)   : rising part
    B (uS)   : decaying part
}

INITIAL {
    LOCAL t_peak
    : the difference of two equal exponentials is 0 and cannot be normalised
    if (tau_rise/tau_decay > 0.9999) {
        tau_rise = 0.9999*tau_decay
    }
    if (tau_rise/tau_decay < 1e-9) {
        tau_rise = tau_decay*1e-9
    }
    A = 0
    B = 0
    t_peak = (tau_rise*tau_decay)/(tau_decay - tau_rise)*log(tau_decay/tau_rise)
    scale = 1/(exp(-t_peak/tau_decay) - exp(-t_peak/tau_rise))
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    g = B - A
    i = g*(v - e)
}

DERIVATIVE decay {
    A' = -A/tau_rise
    B' = -B/tau_decay
}

: weight (1): multiplier of this event; g_unit: peak conductance of an event of weight 1
NET_RECEIVE(weight, g_unit (uS)) {
    LOCAL jump
    INITIAL {}
    jump = weight*g_unit*scale
    A = A + jump
    B = B + jump
}
