package dev.regions.report;

import dev.regions.queue.Dependency;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.task.Task;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The tasks of a region, or of a whole run, as a graph to draw: with {@link #toDot()} for Graphviz, with
 * {@link #toMermaid()} for Mermaid, which shows it in Markdown.
 *
 * <p>Before launch, from the batch that a {@link dev.regions.queue.RegionPass} gets:
 *
 * {@snippet file="ReportSnippetsTest.java" region="graph"}
 *
 * <p>After a run, from its recording, there are states as colours, run times, the critical path, and the regions as
 * frames.
 *
 * <p>A graph of more than a few hundred tasks is slow to draw and unreadable; {@link #folded} merges similar tasks.
 *
 * <p>Immutable.
 */
public final class RegionGraph {
    /**
     * A task, or several similar ones.
     *
     * @param id the index in {@link #nodes()}
     * @param name the name; of several tasks, the common part of their names
     * @param count the number of tasks it stands for
     * @param state the state; of several tasks, the most remarkable one
     * @param barrier whether it is a task without a body, which only orders others
     * @param outside whether it is not a task of this graph, but a predecessor of one
     * @param region the index in {@link #frames()}, -1 for none
     * @param depth the number of edges of the longest path to it; of several tasks, the shortest of those
     * @param ran the total run time of the bodies, in nanoseconds
     * @param critical whether it is on the critical path of the run
     */
    public record Node(
            int id,
            String name,
            int count,
            TaskState state,
            boolean barrier,
            boolean outside,
            int region,
            int depth,
            long ran,
            boolean critical) {}

    /**
     * An edge, or several between the same two nodes.
     *
     * @param from the predecessor
     * @param to the successor
     * @param reason the reason, in a word
     * @param count the number of edges it stands for
     * @param soft whether the edge is about order alone: the outcome of the predecessor does not matter to the
     *     successor
     * @param critical whether it is part of the critical path of the run
     */
    public record Edge(int from, int to, String reason, int count, boolean soft, boolean critical) {}

    /**
     * A region around nodes.
     *
     * @param id the index in {@link #frames()}
     * @param parent the enclosing frame, -1 for none
     * @param name the name of the region
     */
    public record Frame(int id, int parent, String name) {}

    private final List<Node> nodes;
    private final List<Edge> edges;
    private final List<Frame> frames;

    RegionGraph(List<Node> nodes, List<Edge> edges, List<Frame> frames) {
        this.nodes = List.copyOf(nodes);
        this.edges = List.copyOf(edges);
        this.frames = List.copyOf(frames);
    }

    /**
     * Creates the graph of a batch before it is launched. Must be called while the batch has not been forwarded, in a
     * pass or in a queue.
     *
     * @throws IllegalArgumentException if its tasks wait for each other in a cycle
     */
    public static RegionGraph of(TaskBatch batch) {
        Map<Task<?>, Integer> ids = new IdentityHashMap<>();
        List<Node> nodes = new ArrayList<>();
        List<Edge> edges = new ArrayList<>();
        for (PendingTask pending : batch.tasks()) {
            ids.put(pending.task(), nodes.size());
            nodes.add(node(nodes.size(), pending.name(), pending.task(), pending.isBarrier(), false));
        }
        for (PendingTask pending : batch.tasks()) {
            int to = ids.get(pending.task());
            for (Dependency dependency : pending.dependencies()) {
                Task<?> before = dependency.predecessor();
                Integer from = ids.get(before);
                if (from == null) {
                    from = nodes.size();
                    ids.put(before, from);
                    nodes.add(node(from, before.name(), before, false, true));
                }
                boolean soft = dependency.kind() == Dependency.Kind.SOFT;
                edges.add(new Edge(from, to, soft ? "after" : "requires", 1, soft, false));
            }
        }
        return new RegionGraph(nodes, edges, List.of()).withDepths();
    }

    private static Node node(int id, String name, Task<?> task, boolean barrier, boolean outside) {
        return new Node(id, name, 1, task.taskState(), barrier, outside, -1, 0, 0, false);
    }

    /** Creates the graph of all tasks of a run. */
    public static RegionGraph of(RunRecording recording) {
        return of(recording, CriticalPath.of(recording));
    }

    static RegionGraph of(RunRecording recording, CriticalPath path) {
        List<Frame> frames = recording.regions().stream()
                .map(region -> new Frame(region.id(), region.parent(), region.name()))
                .toList();
        List<Node> nodes = new ArrayList<>(recording.taskCount());
        for (int task = 0; task < recording.taskCount(); task++) {
            nodes.add(new Node(
                    task,
                    recording.name(task),
                    1,
                    recording.state(task),
                    recording.barrier(task),
                    false,
                    recording.region(task),
                    0,
                    recording.task(task).ran(),
                    path.contains(task)));
        }
        boolean[] onPath = path.edges();
        List<Edge> edges = new ArrayList<>(recording.edgeCount());
        for (int i = 0; i < recording.edgeCount(); i++) {
            RecordedEdge edge = recording.edge(i);
            edges.add(new Edge(
                    edge.predecessor(),
                    edge.successor(),
                    edge.reason().name().toLowerCase(Locale.ROOT),
                    1,
                    edge.soft(),
                    onPath[i]));
        }
        return new RegionGraph(nodes, edges, frames).withDepths();
    }

    /**
     * Returns the part of this graph that lies in a region or in one within it. Its predecessors outside are kept, as
     * {@linkplain Node#outside outside}.
     *
     * @param region a region of the run that this graph was made of
     * @throws IndexOutOfBoundsException if this graph has no such region
     */
    public RegionGraph within(RecordedRegion region) {
        Objects.checkIndex(region.id(), frames.size());
        boolean[] inside = new boolean[frames.size()];
        for (Frame frame : frames) { // in the order of opening: a parent comes before the frames within it
            inside[frame.id()] = frame.id() == region.id() || frame.parent() >= 0 && inside[frame.parent()];
        }
        int[] renumbered = new int[nodes.size()];
        boolean[] kept = new boolean[nodes.size()];
        List<Edge> keptEdges = new ArrayList<>();
        for (Node node : nodes) {
            kept[node.id()] = node.region() >= 0 && inside[node.region()];
        }
        boolean[] own = kept.clone();
        for (Edge edge : edges) {
            if (own[edge.to()]) {
                kept[edge.from()] = true;
            }
        }
        List<Node> keptNodes = new ArrayList<>();
        for (Node node : nodes) {
            if (kept[node.id()]) {
                renumbered[node.id()] = keptNodes.size();
                keptNodes.add(new Node(
                        keptNodes.size(),
                        node.name(),
                        node.count(),
                        node.state(),
                        node.barrier(),
                        !own[node.id()],
                        own[node.id()] ? node.region() : -1,
                        node.depth(),
                        node.ran(),
                        node.critical()));
            }
        }
        for (Edge edge : edges) {
            if (own[edge.to()]) {
                keptEdges.add(new Edge(
                        renumbered[edge.from()],
                        renumbered[edge.to()],
                        edge.reason(),
                        edge.count(),
                        edge.soft(),
                        edge.critical()));
            }
        }
        return new RegionGraph(keptNodes, keptEdges, frames).withDepths();
    }

    private RegionGraph withDepths() {
        int[] from = edges.stream().mapToInt(Edge::from).toArray();
        int[] to = edges.stream().mapToInt(Edge::to).toArray();
        int[] depths = new Dag(nodes.size(), from.length, from, to).depths();
        List<Node> deep = nodes.stream()
                .map(node -> new Node(
                        node.id(),
                        node.name(),
                        node.count(),
                        node.state(),
                        node.barrier(),
                        node.outside(),
                        node.region(),
                        depths[node.id()],
                        node.ran(),
                        node.critical()))
                .toList();
        return new RegionGraph(deep, edges, frames);
    }

    /**
     * Returns a graph of at most the given number of nodes. Similar tasks are merged into one node, which shows their
     * number, and so are the edges between them.
     *
     * <p>Tasks are similar if their names differ only in their numbers, or in the text after a colon and a space. As
     * far as there is room, tasks are distinguished by the kinds of their regions, then by the number of tasks before
     * them, then by region, beginning where it makes the fewest nodes. If there is no room even for the names, the
     * rarest become one node. A folded graph may have cycles.
     *
     * @param most the largest number of nodes
     * @throws IllegalArgumentException if that is less than 1
     */
    public RegionGraph folded(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a graph needs at least 1 node, and " + most + " were allowed");
        }
        return new Fold(this).atMost(most);
    }

    /** Returns the nodes. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Returns the edges. */
    public List<Edge> edges() {
        return edges;
    }

    /** Returns the regions that have nodes, and those that enclose these. */
    public List<Frame> frames() {
        return frames;
    }

    /** Returns the graph in the DOT language of Graphviz: {@code dot -Tsvg} draws it. */
    public String toDot() {
        return new DotWriter(this).write();
    }

    /** Returns the graph as a flowchart of Mermaid, which draws up to 500 edges by default: fold larger graphs. */
    public String toMermaid() {
        return new MermaidWriter(this).write();
    }
}
