TITLE Leak conductance

COMMENT
A constant conductance that follows Ohm's law, i = gmax*(v - e). It stands for all channels open at rest that no other
mechanism describes.
ENDCOMMENT

NEURON {
    THREADSAFE
    SUFFIX ch_leak
    NONSPECIFIC_CURRENT i
    RANGE gmax, e
    RANGE i, myi, g
}

UNITS {
    (S) = (siemens)
    (mA) = (milliamp)
    (mV) = (millivolt)
}

PARAMETER {
    gmax = 0 (S/cm2)   : conductance
    e = 0 (mV)         : reversal potential
}

ASSIGNED {
    v (mV)         : membrane potential
    g (S/cm2)      : conductance, always gmax
    i (mA/cm2)     : current, outward positive
    myi (mA/cm2)   : current under the name that all channels of this set share
}

BREAKPOINT {
    g = gmax
    i = g*(v - e)
    myi = i
}
