// The order in which libstdc++'s std::sort leaves indices of keys, for order/tests.rs:
//   g++ -O2 std_sort.cpp -o std_sort && ./std_sort > std_sort.json
#include <algorithm>
#include <cstdio>
#include <cstdint>
#include <numeric>
#include <vector>

static void print(const char *name, const std::vector<uint32_t> &values) {
    printf("\"%s\": [", name);
    for (size_t i = 0; i < values.size(); i++) printf("%s%u", i ? ", " : "", values[i]);
    printf("]");
}

static bool first = true;

static void show(const std::vector<uint32_t> &keys) {
    std::vector<uint32_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return keys[a] < keys[b]; });
    printf(first ? "{" : ",\n{");
    first = false;
    print("keys", keys);
    printf(", ");
    print("order", order);
    printf("}");
}

// Keys that drive the quicksort into its depth limit (McIlroy, "A killer adversary for quicksort", 1999): a key stays
// undecided ("gas") until a comparison needs it.
static std::vector<uint32_t> killer(uint32_t n) {
    std::vector<uint32_t> keys(n, n), order(n);
    std::iota(order.begin(), order.end(), 0);
    uint32_t solid = 0, candidate = 0;
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
        if (keys[a] == n && keys[b] == n) keys[a == candidate ? a : b] = solid++;
        if (keys[a] == n) candidate = a; else if (keys[b] == n) candidate = b;
        return keys[a] < keys[b];
    });
    return keys;
}

int main() {
    uint64_t state = 1;
    auto draw = [&](uint32_t n) { state = state * 6364136223846793005u + 1442695040888963407u; return uint32_t((state >> 33) % n); };
    printf("[");
    for (uint32_t n : {0, 1, 2, 3, 15, 16, 17, 18, 33, 64, 100, 275, 700})
        for (uint32_t distinct : {1, 3, 40}) {
            std::vector<uint32_t> keys(n);
            for (auto &key : keys) key = draw(distinct);
            show(keys);
            if (distinct == 3) {
                std::stable_sort(keys.begin(), keys.end());
                show(keys);
            }
        }
    auto keys = killer(400);
    show(keys);
    for (auto &key : keys) key /= 3;
    show(keys);
    printf("]\n");
}
