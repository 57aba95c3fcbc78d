TITLE A-type potassium channel of O-LM interneurons

COMMENT
A transient potassium channel with an activation gate a and an inactivation gate b:

    g = gmax*a*b,  a' = (ainf - a)/tau_a,  b' = (binf - b)/tau_b

Source of the equations: L. Zhang, C. J. McBain, Journal of Physiology 488:647-660, 1995; of the default conductance:
M. Martina, J. H. Schultz, H. Ehmke, H. Monyer, P. Jonas, Journal of Neuroscience 18:8111-8125, 1998.
ENDCOMMENT

NEURON {
    SUFFIX ch_KvAolm
    USEION k READ ek WRITE ik
    RANGE gmax
    RANGE g, ik, myi
    GLOBAL ainf, aexp, binf, tau_b, bexp
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0.0165 (S/cm2)   : conductance with all channels open
    tau_a = 5 (ms)          : time constant of a
}

ASSIGNED {
    v (mV)         : membrane potential
    dt (ms)        : time step
    ek (mV)        : reversal potential of potassium
    ik (mA/cm2)    : potassium current, outward positive
    myi (mA/cm2)   : current under the name that all channels of this set share
    g (S/cm2)      : conductance
    ainf (1)       : steady state of a
    aexp (1)       : part of the way to ainf that a step takes, for display
    binf (1)       : steady state of b
    tau_b (ms)     : time constant of b
    bexp (1)       : part of the way to binf that a step takes, for display
}

STATE {
    a (1)   : activation gates, open
    b (1)   : inactivation gates, open
}

INITIAL {
    gates(v)
    a = ainf
    b = binf
}

BREAKPOINT {
    SOLVE relax METHOD derivimplicit
    g = gmax*a*b
    ik = g*(v - ek)
    myi = ik
}

DERIVATIVE relax {
    gates(v)
    a' = (ainf - a)/tau_a
    b' = (binf - b)/tau_b
}

PROCEDURE gates(v (mV)) {
    LOCAL opening, closing
    TABLE ainf, aexp, binf, tau_b, bexp DEPEND dt, tau_a FROM -200 TO 100 WITH 300

    ainf = 1/(1 + exp(-(v + 14)/16.6))
    aexp = 1 - exp(-dt/tau_a)

    opening = (9e-6 (/ms))/exp((v - 26)/18.5)
    closing = (0.014 (/ms))/(exp(-(v + 70)/11) + 0.2)
    binf = 1/(1 + exp((v + 71)/7.3))
    tau_b = 1/(opening + closing)
    bexp = 1 - exp(-dt/tau_b)
}
