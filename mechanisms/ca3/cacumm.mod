TITLE Calcium in a shell below the membrane

COMMENT
Calcium flows into a shell of a given depth and decays to its resting concentration:

    cai' = (irest - ica)/(2*F*depth) + (cai0 - cai)/tau

irest is the calcium current that INITIAL finds, 0 unless something set it. cmax is the highest concentration that was
reached.

Source of the equations: R. D. Traub, R. K. S. Wong, R. Miles, H. Michelson, Journal of Neurophysiology 66:635-650,
1991.
ENDCOMMENT

NEURON {
    SUFFIX cacum
    USEION ca READ ica WRITE cai
    RANGE depth, tau, cai0
    RANGE irest, cmax
    : always 0; it makes NEURON run BREAKPOINT at each step
    NONSPECIFIC_CURRENT i
}

UNITS {
    (mA) = (milliamp)
    (mM) = (milli/liter)
    F = (faraday) (coulombs)
}

PARAMETER {
    depth = 0.1 (um)     : depth of the shell
    tau = 100 (ms)       : time constant of the decay
    cai0 = 50e-6 (mM)    : concentration at rest, and at initialisation
    irest = 0 (mA/cm2)   : current at rest; INITIAL sets it
}

ASSIGNED {
    ica (mA/cm2)   : calcium current, outward positive
    i (mA/cm2)     : 0
    cmax (mM)      : highest concentration since initialisation
}

STATE {
    cai (mM)   : calcium inside
}

INITIAL {
    cai = cai0
    irest = ica
    cmax = cai
}

BREAKPOINT {
    SOLVE accumulate METHOD derivimplicit
    if (cai > cmax) {
        cmax = cai
    }
    i = 0
}

DERIVATIVE accumulate {
    cai' = (irest - ica)/depth/F/2*(1e4) + (cai0 - cai)/tau
}
