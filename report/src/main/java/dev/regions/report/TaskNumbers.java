package dev.regions.report;

/**
 * Maps the number that the runtime gave to a task to its index: a hash table with open addressing and linear probing,
 * of primitives, because there may be millions. Numbers are greater than 0. Not thread-safe.
 */
final class TaskNumbers {
    static final int NOT_FOUND = -1;

    private long[] numbers = new long[128];
    private int[] places = new int[128];
    private int size;

    void put(long number, int place) {
        if (size * 2 >= numbers.length) {
            grow();
        }
        int slot = slot(number);
        if (numbers[slot] == 0) {
            numbers[slot] = number;
            size++;
        }
        places[slot] = place;
    }

    /** Returns the index of a task, or {@link #NOT_FOUND}. */
    int find(long number) {
        int slot = slot(number);
        return number != 0 && numbers[slot] == number ? places[slot] : NOT_FOUND;
    }

    private int slot(long number) {
        int mask = numbers.length - 1;
        int slot = (int) (number * 0x9E3779B97F4A7C15L >>> 32) & mask; // the golden ratio spreads consecutive numbers
        while (numbers[slot] != 0 && numbers[slot] != number) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldNumbers = numbers;
        int[] oldPlaces = places;
        numbers = new long[Math.multiplyExact(oldNumbers.length, 2)];
        places = new int[numbers.length];
        for (int i = 0; i < oldNumbers.length; i++) {
            if (oldNumbers[i] != 0) {
                int slot = slot(oldNumbers[i]);
                numbers[slot] = oldNumbers[i];
                places[slot] = oldPlaces[i];
            }
        }
    }
}
