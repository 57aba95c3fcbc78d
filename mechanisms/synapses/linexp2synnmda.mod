TITLE NMDA synapse with a double-exponential time course and linear summation

COMMENT
The conductance of LinExp2Syn, times the fraction of NMDA receptors that magnesium does not block at the present
membrane potential.

    g(t) = B(t) - A(t),  A' = -A/tau_rise,  B' = -B/tau_decay
    i = g*pnmda(v)*(v - e)

Sources of the equations: N. T. Carnevale and M. L. Hines, The NEURON Book, Cambridge University Press 2006, chapter 10
(time course); C. E. Jahr and C. F. Stevens, Journal of Neuroscience 10:3178-3182, 1990 (magnesium block).
ENDCOMMENT

NEURON {
    POINT_PROCESS LinExp2SynNMDA
    RANGE tau_rise, tau_decay, e
    RANGE mg, Kd, gamma, vshift
    RANGE g, pnmda, i
    NONSPECIFIC_CURRENT i
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
    (mM) = (milli/liter)
}

PARAMETER {
    tau_rise = 10 (ms) <1e-9, 1e9>    : time constant of the rise
    tau_decay = 35 (ms) <1e-9, 1e9>   : time constant of the decay
    e = 0 (mV)                        : reversal potential
    mg = 1 (mM)                       : magnesium outside
    vshift = 0 (mV)                   : moves the unblocking to lower potentials
    Kd = 3.57 (mM)                    : magnesium that blocks half of the receptors at -vshift
    gamma = 0.062 (/mV)               : steepness of the block
}

ASSIGNED {
    v (mV)       : membrane potential
    i (nA)       : current, outward positive
    g (uS)       : conductance without block
    pnmda (1)    : fraction that is not blocked
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
    A = 0
    B = 0
    t_peak = (tau_rise*tau_decay)/(tau_decay - tau_rise)*log(tau_decay/tau_rise)
    scale = 1/(exp(-t_peak/tau_decay) - exp(-t_peak/tau_rise))
}

BREAKPOINT {
    SOLVE decay METHOD cnexp
    g = B - A
    pnmda = mgblock(v)
    i = g*pnmda*(v - e)
}

DERIVATIVE decay {
    A' = -A/tau_rise
    B' = -B/tau_decay
}

: Fraction of receptors without magnesium at potential u.
FUNCTION mgblock(u (mV)) (1) {
    mgblock = 1/(1 + exp(-gamma*(u + vshift))*(mg/Kd))
}

: weight (1): multiplier of this event; g_unit: peak conductance of an event of weight 1
NET_RECEIVE(weight, g_unit (uS)) {
    LOCAL jump
    INITIAL {}
    jump = weight*g_unit*scale
    A = A + jump
    B = B + jump
}
