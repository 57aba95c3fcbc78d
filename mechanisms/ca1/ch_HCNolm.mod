TITLE Hyperpolarisation-activated cation channel of O-LM interneurons

COMMENT
The h-current with one gate r that opens when the membrane is hyperpolarised:

    g = gmax*r,  r' = (rinf - r)/tau_r,  rinf = 1/(1 + exp((v + 84.1)/10.2))

The current belongs to an ion h of its own, whose reversal potential eh is 0 until the model sets it; -32.9 mV was
measured.

Source of the equations: G. Maccaferri, C. J. McBain, Journal of Physiology 497:119-130, 1996.
ENDCOMMENT

NEURON {
    SUFFIX ch_HCNolm
    USEION h READ eh WRITE ih VALENCE 1
    RANGE gmax
    RANGE g, ih, myi
    GLOBAL rinf, tau_r, rexp
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0.001385 (S/cm2)   : conductance with all channels open
}

ASSIGNED {
    v (mV)         : membrane potential
    dt (ms)        : time step
    eh (mV)        : reversal potential of h
    ih (mA/cm2)    : h-current, outward positive
    myi (mA/cm2)   : current under the name that all channels of this set share
    g (S/cm2)      : conductance
    rinf (1)       : steady state of r
    tau_r (ms)     : time constant of r
    rexp (1)       : part of the way to rinf that a step takes, for display
}

STATE {
    r (1)   : open gates
}

INITIAL {
    gate(v)
    r = rinf
}

BREAKPOINT {
    SOLVE relax METHOD derivimplicit
    g = gmax*r
    ih = g*(v - eh)
    myi = ih
}

DERIVATIVE relax {
    gate(v)
    r' = (rinf - r)/tau_r
}

PROCEDURE gate(v (mV)) {
    TABLE rinf, tau_r, rexp DEPEND dt FROM -200 TO 100 WITH 300

    rinf = 1/(1 + exp((v + 84.1)/10.2))
    tau_r = 100 + 1/(exp(-17.9 - 0.116*v) + exp(-1.84 + 0.09*v))
    rexp = 1 - exp(-dt/tau_r)
}
