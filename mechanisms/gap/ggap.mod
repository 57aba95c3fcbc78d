TITLE Half of an electrical synapse

COMMENT
One side of a gap junction: an ohmic current from the potential of the other side. A junction is two of these, each
with vgap connected to the membrane potential at the other one's place.

Source of the equation: Ohm's law; for coupled compartments see C. Koch, Biophysics of Computation, Oxford University
Press 1999, section 4.10.
ENDCOMMENT

NEURON {
    POINT_PROCESS ggap
    RANGE g, i, vgap
    ELECTRODE_CURRENT i
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (uS) = (microsiemens)
}

PARAMETER {
    g = 1e-10 (uS)   : conductance
}

ASSIGNED {
    v (mV)      : membrane potential on this side
    vgap (mV)   : membrane potential on the other side
    i (nA)      : current into this side
}

INITIAL {
    i = (vgap - v)*g
}

BREAKPOINT {
    i = (vgap - v)*g
}
