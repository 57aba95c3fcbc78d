TITLE Fluctuating conductances of synaptic bombardment

COMMENT
The sum of many synapses far away: an excitatory and an inhibitory conductance, each an Ornstein-Uhlenbeck process
around its mean and never negative.

    dg/dt = -(g - g0)/tau + sqrt(D)*noise,  D = 2*std^2/tau
    g1(t + h) = g1(t)*exp(-h/tau) + std*sqrt(1 - exp(-2*h/tau))*N(0, 1)

The second line is exact for any interval h. Both conductances are drawn anew every h, by events, so that steps of any
length see the same course. Numbers come from the stream that noiseFromRandom123 names, or without one from NEURON's
shared generator, which new_seed sets.

Sources of the equations: A. Destexhe, M. Rudolph, J.-M. Fellous, T. J. Sejnowski, Neuroscience 107:13-24, 2001
(model); D. T. Gillespie, Physical Review E 54:2084-2091, 1996 (exact update).
ENDCOMMENT

NEURON {
    POINT_PROCESS Gfluct3
    RANGE on, h
    RANGE E_e, E_i, g_e0, g_i0, std_e, std_i, tau_e, tau_i
    RANGE g_e, g_i, g_e1, g_i1, D_e, D_i
    NONSPECIFIC_CURRENT i
    RANDOM noise
    THREADSAFE
}

UNITS {
    (nA) = (nanoamp)
    (mV) = (millivolt)
    (umho) = (micromho)
}

PARAMETER {
    on = 0                   : above 0 the current flows
    h = 0.025 (ms)           : interval between two draws; a multiple of a fixed step
    E_e = 0 (mV)             : reversal potential, excitatory
    E_i = -75 (mV)           : reversal potential, inhibitory
    g_e0 = 0.0121 (umho)     : mean conductance, excitatory
    g_i0 = 0.0573 (umho)     : mean conductance, inhibitory
    std_e = 0.0030 (umho)    : standard deviation, excitatory
    std_i = 0.0066 (umho)    : standard deviation, inhibitory
    tau_e = 2.728 (ms)       : correlation time, excitatory; 0 for no fluctuation
    tau_i = 10.49 (ms)       : correlation time, inhibitory; 0 for no fluctuation
}

ASSIGNED {
    v (mV)                  : membrane potential
    i (nA)                  : current, outward positive
    g_e (umho)              : conductance, excitatory
    g_i (umho)              : conductance, inhibitory
    g_e1 (umho)             : its deviation from the mean, excitatory
    g_i1 (umho)             : its deviation from the mean, inhibitory
    D_e (umho umho/ms)      : diffusion coefficient, excitatory
    D_i (umho umho/ms)      : diffusion coefficient, inhibitory
    keep_e (1)              : what an interval leaves of a deviation, excitatory
    keep_i (1)              : what an interval leaves of a deviation, inhibitory
    kick_e (umho)           : standard deviation of a draw, excitatory
    kick_i (umho)           : standard deviation of a draw, inhibitory
    own_stream              : whether the stream has identifiers
}

INITIAL {
    if (own_stream) {
        random_setseq(noise, 0)
    }
    g_e1 = 0
    g_i1 = 0
    if (tau_e != 0) {
        D_e = 2*std_e*std_e/tau_e
        keep_e = exp(-h/tau_e)
        kick_e = std_e*sqrt(1 - bounded_exp(-2*h/tau_e))
    }
    if (tau_i != 0) {
        D_i = 2*std_i*std_i/tau_i
        keep_i = exp(-h/tau_i)
        kick_i = std_i*sqrt(1 - bounded_exp(-2*h/tau_i))
    }
    if ((tau_e != 0) || (tau_i != 0)) {
        net_send(h, 1)
    }
}

BREAKPOINT {
    if (on > 0) {
        g_e = g_e0 + g_e1
        if (g_e < 0) {
            g_e = 0
        }
        g_i = g_i0 + g_i1
        if (g_i < 0) {
            g_i = 0
        }
        i = g_e*(v - E_e) + g_i*(v - E_i)
    } else {
        i = 0
    }
}

NET_RECEIVE(w) {
    if (flag == 1) {
        draw()
        net_send(h, 1)
    }
}

PROCEDURE draw() {
    if (tau_e != 0) {
        g_e1 = keep_e*g_e1 + kick_e*deviate()
    }
    if (tau_i != 0) {
        g_i1 = keep_i*g_i1 + kick_i*deviate()
    }
}

: Normal deviate of mean 0 and standard deviation 1.
FUNCTION deviate() (1) {
    if (own_stream) {
        deviate = random_normal(noise)
    } else {
        deviate = normrand(0, 1)
    }
}

: exp, but never infinite
FUNCTION bounded_exp(x (1)) (1) {
    if (x >= 700) {
        bounded_exp = exp(700)
    } else {
        bounded_exp = exp(x)
    }
}

: Seeds the shared generator.
PROCEDURE new_seed(seed) {
    set_seed(seed)
}

: Draws from the Random123 stream that three identifiers name; each initialisation restarts it.
PROCEDURE noiseFromRandom123(first, second, third) {
    own_stream = 1
    random_setids(noise, first, second, third)
    random_setseq(noise, 0)
}
