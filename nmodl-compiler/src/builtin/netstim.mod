TITLE Source of events at regular, jittered or random intervals

NEURON {
    ARTIFICIAL_CELL NetStim
    RANGE interval, number, start, noise
    RANDOM stream
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
    random_setseq(stream, 0)
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
        event = start + next_interval(interval) - interval*(1 - noise)
        if (event < 0) {
            event = 0
        }
        net_send(event, 3)
    }
}

FUNCTION next_interval(mean (ms)) (ms) {
    if (mean <= 0) {
        mean = 0.01
    }
    if (noise == 0) {
        next_interval = mean
    } else {
        next_interval = (1 - noise)*mean + noise*mean*random_negexp(stream)
    }
}

PROCEDURE start_sequence() {
    event = 0
    sent = 0
}

PROCEDURE advance() {
    if (number > 0) {
        event = next_interval(interval)
    }
    if (sent >= number) {
        on = 0
    }
}

NET_RECEIVE(w) {
    if (flag == 0) {
        : an external event switches the source on or off
        if (w > 0 && on == 0) {
            on = 1
            start_sequence()
            event = next_interval(interval)
            event = event - interval*(1 - noise)
            net_send(event, 1)
        } else if (w < 0) {
            on = 0
        }
    }
    if (flag == 3) {
        if (on == 1) {
            start_sequence()
            net_send(0, 1)
        }
    }
    if (flag == 1 && on == 1) {
        sent = sent + 1
        net_event(t)
        advance()
        if (on == 1) {
            net_send(event, 1)
        }
    }
}
