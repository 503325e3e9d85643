package dev.regions.report;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The positions of the tasks and regions of a recording in a timeline. Each worker has a lane. If there are very many
 * workers, a worker has a lane from its first task to its last, and leaves it to another afterwards: there are as many
 * lanes as simultaneous workers. A region lasts until the last task spawned in it, or in a region within it, is
 * completed; it lies within the enclosing region.
 */
final class Placement {
    private static final int NOWHERE = -1;
    private static final int OWN_LANE_UP_TO = 64;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}$");

    private final RunRecording recording;
    private final int[] taskLane;
    private final int[] taskDepth;
    private final List<String> laneNames;
    private final long[] regionEnd;
    private final int[] regionLane;
    private final int[] regionDepth;
    private int regionLanes;

    Placement(RunRecording recording) {
        this.recording = recording;
        this.taskLane = new int[recording.taskCount()];
        this.taskDepth = new int[recording.taskCount()];
        this.laneNames = placeTasks();
        int regions = recording.regions().size();
        this.regionEnd = regionEnds();
        this.regionLane = new int[regions];
        this.regionDepth = new int[regions];
        placeRegions();
    }

    private List<String> placeTasks() {
        int workers = recording.workers().size();
        long[] first = new long[workers];
        long[] last = new long[workers];
        Arrays.fill(first, Long.MAX_VALUE);
        Arrays.fill(taskLane, NOWHERE);
        int[] inOrder = IntStream.range(0, recording.taskCount())
                .filter(this::hasPlace)
                .boxed()
                .sorted(Comparator.comparingLong(recording::started)
                        .thenComparing(
                                Comparator.<Integer>comparingLong(this::end).reversed()))
                .mapToInt(Integer::intValue)
                .toArray();
        Lanes[] ofWorker = new Lanes[workers];
        for (int task : inOrder) {
            int worker = recording.worker(task);
            first[worker] = Math.min(first[worker], recording.started(task));
            last[worker] = Math.max(last[worker], end(task));
            if (ofWorker[worker] == null) {
                ofWorker[worker] = new Lanes();
            }
            Lanes.Place place = ofWorker[worker].place(task, recording.started(task), end(task), other -> true, -1);
            taskLane[task] = place.lane();
            taskDepth[task] = place.depth();
        }
        return shareLanes(inOrder, ofWorker, first, last);
    }

    /** Shares the lanes among workers that follow each other; a worker whose tasks overlap has several. */
    private List<String> shareLanes(int[] tasks, Lanes[] ofWorker, long[] first, long[] last) {
        int[] workers = IntStream.range(0, ofWorker.length)
                .filter(worker -> ofWorker[worker] != null)
                .boxed()
                .sorted(Comparator.comparingLong(worker -> first[worker]))
                .mapToInt(Integer::intValue)
                .toArray();
        Lanes slots = new Lanes();
        int[] slot = new int[ofWorker.length];
        for (int worker : workers) {
            long until = workers.length <= OWN_LANE_UP_TO ? Long.MAX_VALUE : last[worker];
            slot[worker] = slots.place(worker, first[worker], until, other -> false, -1)
                    .lane();
        }
        int[] width = new int[slots.count()];
        int[] tenants = new int[slots.count()];
        String[] name = new String[slots.count()];
        for (int worker : workers) {
            width[slot[worker]] = Math.max(width[slot[worker]], ofWorker[worker].count());
            tenants[slot[worker]]++;
            name[slot[worker]] = recording.workers().get(worker);
        }
        // From top to bottom by the numbers of the workers, if they have any: they were recorded in the order of their
        // first tasks.
        int[] slotsInOrder = IntStream.range(0, width.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> number(name[i])))
                .mapToInt(Integer::intValue)
                .toArray();
        int[] base = new int[width.length];
        int lanes = 0;
        for (int i : slotsInOrder) {
            base[i] = lanes;
            lanes += width[i];
        }
        for (int task : tasks) {
            taskLane[task] += base[slot[recording.worker(task)]];
        }
        return IntStream.of(slotsInOrder)
                .boxed()
                .flatMap(i -> IntStream.range(0, width[i])
                        .mapToObj(sub -> tenants[i] == 1 ? name[i] : "lane " + (base[i] + 1)))
                .toList();
    }

    /** Returns the number at the end of a name; names without a number come last. */
    private static int number(String name) {
        Matcher matcher = NUMBER.matcher(name);
        return matcher.find() ? Integer.parseInt(matcher.group()) : Integer.MAX_VALUE;
    }

    private boolean hasPlace(int task) {
        return recording.ran(task) && recording.worker(task) != RecordedTask.NO_WORKER;
    }

    /** Returns when the task begins in the timeline; for a barrier, which does not run, when it completes. */
    long begin(int task) {
        return recording.ran(task) ? recording.started(task) : recording.finished(task);
    }

    /**
     * Returns when the task ends in the timeline: a viewer shows a task, and lets arrows begin at it, if it takes at
     * least a nanosecond.
     */
    long end(int task) {
        return Math.max(begin(task) + 1, recording.finishedOrNow(task));
    }

    private long[] regionEnds() {
        List<RecordedRegion> regions = recording.regions();
        long[] ends = new long[regions.size()];
        for (RecordedRegion region : regions) {
            ends[region.id()] = region.ended() == RecordedTask.NEVER ? region.opened() : region.ended();
        }
        for (int task = 0; task < recording.taskCount(); task++) {
            int region = recording.region(task);
            if (region != RecordedRegion.NONE) {
                ends[region] = Math.max(ends[region], recording.finishedOrNow(task));
            }
        }
        for (int id = regions.size() - 1; id >= 0; id--) {
            int parent = regions.get(id).parent();
            if (parent != RecordedRegion.NONE) {
                ends[parent] = Math.max(ends[parent], ends[id]);
            }
        }
        return ends;
    }

    private void placeRegions() {
        List<RecordedRegion> regions = recording.regions();
        Lanes lanes = new Lanes();
        int[] inOrder = IntStream.range(0, regions.size())
                .boxed()
                .sorted(Comparator.comparingLong((Integer id) -> regions.get(id).opened()))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int id : inOrder) {
            RecordedRegion region = regions.get(id);
            int preferred = region.parent() == RecordedRegion.NONE ? -1 : regionLane[region.parent()];
            Lanes.Place place =
                    lanes.place(id, region.opened(), regionEnd[id], other -> isAround(other, region), preferred);
            regionLane[id] = place.lane();
            regionDepth[id] = place.depth();
        }
        regionLanes = lanes.count();
    }

    private boolean isAround(int other, RecordedRegion region) {
        for (int id = region.parent();
                id != RecordedRegion.NONE;
                id = recording.regions().get(id).parent()) {
            if (id == other) {
                return true;
            }
        }
        return false;
    }

    /** Returns true if the task ran on a known thread, and therefore lies in a lane. */
    boolean isPlaced(int task) {
        return taskLane[task] != NOWHERE;
    }

    int lane(int task) {
        return taskLane[task];
    }

    /** Returns the number of other tasks within which it ran in place. */
    int depth(int task) {
        return taskDepth[task];
    }

    /** Returns the names of the lanes, from the first on. */
    List<String> laneNames() {
        return laneNames;
    }

    long regionEnd(int region) {
        return regionEnd[region];
    }

    int regionLane(int region) {
        return regionLane[region];
    }

    int regionDepth(int region) {
        return regionDepth[region];
    }

    int regionLanes() {
        return regionLanes;
    }
}
