TITLE Source of events at regular, jittered or random intervals

NEURON {
    ARTIFICIAL_CELL NetStim
    RANGE interval, number, start, noise
    RANDOM ranvar
    THREADSAFE
}

PARAMETER {
    interval = 10 (ms) <1e-9, 1e9>
    number = 10 <0, 1e9>
    start = 50 (ms)
    noise = 0 <0, 1>
}

ASSIGNED {
    event (ms)
    on
    sent
}

INITIAL {
    random_setseq(ranvar, 0)
    on = 0
    sent = 0
    if (noise < 0) {
        noise = 0
    }
    if (noise > 1) {
        noise = 1
    }
    if (start >= 0 && number > 0) {
        on = 1
        : the first event is on average at start
        event = start + invl(interval) - interval*(1 - noise)
        if (event < 0) {
            event = 0
        }
        net_send(event, 3)
    }
}

FUNCTION invl(mean (ms)) (ms) {
    if (mean <= 0) {
        mean = 0.01
    }
    if (noise == 0) {
        invl = mean
    } else {
        invl = (1 - noise)*mean + noise*mean*random_negexp(ranvar)
    }
}

PROCEDURE start_sequence() {
    if (number > 0) {
        on = 1
        event = 0
        sent = 0
    }
}

PROCEDURE next_invl() {
    if (number > 0) {
        event = invl(interval)
    }
    if (sent >= number) {
        on = 0
    }
}

NET_RECEIVE(w) {
    if (flag == 0) {
        : an event from outside switches the source on or off
        if (w > 0 && on == 0) {
            start_sequence()
            next_invl()
            event = event - interval*(1 - noise)
            net_send(event, 1)
        } else if (w < 0) {
            on = 0
        }
    }
    if (flag == 3) {
        : sent by INITIAL
        if (on == 1) {
            start_sequence()
            net_send(0, 1)
        }
    }
    if (flag == 1 && on == 1) {
        sent = sent + 1
        net_event(t)
        next_invl()
        if (on == 1) {
            net_send(event, 1)
        }
    }
}

PROCEDURE seed(x) {
    random_setseq(ranvar, x)
}

: The random numbers of this source are the stream that three identifiers name.
PROCEDURE noiseFromRandom123(first, second, third) {
    random_setids(ranvar, first, second, third)
    random_setseq(ranvar, 0)
}
