package dev.regions.report;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Places intervals on as few lanes as possible, so that on each lane an interval either lies within another or does not
 * touch it, as a viewer of nested spans requires. Intervals must be added in the order of their beginnings, the longer
 * first.
 */
final class Lanes {
    /** The position of an interval: its lane, and the number of others that it lies within. */
    record Place(int lane, int depth) {}

    private record Open(int id, long end) {}

    private final List<Deque<Open>> lanes = new ArrayList<>();

    /**
     * Places an interval on the first lane that is free when it begins, or where it lies within a permitted one.
     *
     * @param id the id of the interval
     * @param within returns true for the id of an interval that this one may lie within
     * @param preferred the lane to try first; -1 for none
     */
    Place place(int id, long begin, long end, IntPredicate within, int preferred) {
        if (preferred >= 0 && hasRoom(lanes.get(preferred), begin, end, within)) {
            return put(preferred, id, end);
        }
        for (int lane = 0; lane < lanes.size(); lane++) {
            if (hasRoom(lanes.get(lane), begin, end, within)) {
                return put(lane, id, end);
            }
        }
        lanes.add(new ArrayDeque<>());
        return put(lanes.size() - 1, id, end);
    }

    private static boolean hasRoom(Deque<Open> lane, long begin, long end, IntPredicate within) {
        while (!lane.isEmpty() && lane.peek().end() <= begin) {
            lane.pop();
        }
        return lane.isEmpty()
                || end <= lane.peek().end() && within.test(lane.peek().id());
    }

    private Place put(int lane, int id, long end) {
        Deque<Open> open = lanes.get(lane);
        open.push(new Open(id, end));
        return new Place(lane, open.size() - 1);
    }

    int count() {
        return lanes.size();
    }
}
