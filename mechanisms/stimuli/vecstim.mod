TITLE Source of events at given times

COMMENT
An artificial cell that sends an event at each time of a Vector, which play(Vector) hands over: times in ms, ascending.
play() without an argument takes the Vector away. The Vector is not copied; what it holds when its turn comes counts.
xpos, ypos, zpos and gid are labels for whoever builds the network.

Written for mivc; no equations. The C below is what NEURON needs to hold a Vector: mivc recognises it and keeps the
times itself.
ENDCOMMENT

NEURON {
    ARTIFICIAL_CELL VecStim
    : NEURON's translator wants it before the pointer
    THREADSAFE
    RANGE xpos, ypos, zpos, gid
    BBCOREPOINTER ptr
}

PARAMETER {
    xpos = 0   : place, in the unit of the network
    ypos = 0
    zpos = 0
    gid = 0    : number of the cell it stands for
}

ASSIGNED {
    index        : number of times that were taken, -1 after the last
    etime (ms)   : the time taken last
    ptr          : the Vector
}

INITIAL {
    index = 0
    element()
    if (index > 0) {
        net_send(etime - t, 1)
    }
}

NET_RECEIVE(w) {
    if (flag == 1) {
        net_event(t)
        element()
        if (index > 0) {
            net_send(etime - t, 1)
        }
    }
}

: Tells this mechanism from those of real cells.
FUNCTION is_art() {
    is_art = 1
}

PROCEDURE position(x, y, z) {
    xpos = x
    ypos = y
    zpos = z
}

: Takes the next time, or sets index to -1 if there is none.
PROCEDURE element() {
VERBATIM
    if (index >= 0.) {
        IvocVect* times = (IvocVect*)_p_ptr;
        if (times && index < vector_capacity(times)) {
            etime = vector_vec(times)[(int)index];
            index += 1.;
        } else {
            index = -1.;
        }
    }
ENDVERBATIM
}

PROCEDURE play() {
VERBATIM
#if !NRNBBCORE
    IvocVect* before = (IvocVect*)_p_ptr;
    IvocVect* after = nullptr;
    if (ifarg(1)) {
        after = vector_arg(1);
        hoc_obj_ref(*vector_pobj(after));
    }
    if (before) {
        hoc_obj_unref(*vector_pobj(before));
    }
    _p_ptr = after;
#endif
ENDVERBATIM
}

DESTRUCTOR {
VERBATIM
#if !NRNBBCORE
    if (_p_ptr) {
        hoc_obj_unref(*vector_pobj((IvocVect*)_p_ptr));
    }
#endif
ENDVERBATIM
}

: Transfer of the times to and from CoreNEURON.
VERBATIM
static void bbcore_write(double* numbers, int* integers, int* n_numbers, int* n_integers, _threadargsproto_) {
    IvocVect* times = (IvocVect*)_p_ptr;
    int size = times ? vector_capacity(times) : 0;
    if (integers) {
        integers[*n_integers] = size;
        for (int at = 0; at < size; ++at) {
            numbers[*n_numbers + at] = vector_vec(times)[at];
        }
    }
    *n_integers += 1;
    *n_numbers += size;
}

static void bbcore_read(double* numbers, int* integers, int* n_numbers, int* n_integers, _threadargsproto_) {
    int size = integers[*n_integers];
    if (!_p_ptr) {
        _p_ptr = vector_new1(size);
    }
    for (int at = 0; at < size; ++at) {
        vector_vec((IvocVect*)_p_ptr)[at] = numbers[*n_numbers + at];
    }
    *n_integers += 1;
    *n_numbers += size;
}
ENDVERBATIM
