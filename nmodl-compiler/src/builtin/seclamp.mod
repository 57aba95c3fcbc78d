TITLE Single electrode voltage clamp with three levels

: The current through the series resistance is part of the implicit step, so the clamp is stable for any step.
: After the step it is computed again from the new voltage.

NEURON {
    POINT_PROCESS SEClamp
    ELECTRODE_CURRENT i
    RANGE dur1, amp1, dur2, amp2, dur3, amp3, rs, vc, i
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
}

PARAMETER {
    rs = 1 (megohm) <1e-9, 1e9>
    dur1 (ms)
    amp1 (mV)
    dur2 (ms) <0, 1e9>
    amp2 (mV)
    dur3 (ms) <0, 1e9>
    amp3 (mV)
}

ASSIGNED {
    v (mV)
    i (nA)
    vc (mV)
    second_end (ms)
    third_end (ms)
    on
}

INITIAL {
    second_end = dur1 + dur2
    third_end = second_end + dur3
    on = 0
}

BREAKPOINT {
    SOLVE clamp_current METHOD after_cvode
    command()
}

PROCEDURE clamp_current() {
    if (on) {
        i = (vc - v)/rs
    } else {
        i = 0
    }
}

PROCEDURE command() {
    on = 1
    if (t < dur1) {
        vc = amp1
    } else if (t < second_end) {
        vc = amp2
    } else if (t < third_end) {
        vc = amp3
    } else {
        vc = 0
        on = 0
    }
    clamp_current()
}
