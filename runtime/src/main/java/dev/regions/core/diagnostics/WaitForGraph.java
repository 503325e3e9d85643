package dev.regions.core.diagnostics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * A directed graph of numbered vertices, in arrays: an edge means that the first vertex holds up the second, which
 * needs all of its edges. Designed for graphs of millions of vertices that are used once and briefly, in a given amount
 * of memory, which bounds their size. All methods take at most time linear in the size of the graph. Not thread-safe.
 */
final class WaitForGraph {
    /** Returned in place of a vertex that does not fit into the memory. */
    static final int FULL = -1;

    private static final int NONE = -1;
    /** Bytes for a vertex, with all arrays of this class and of its user, and the copies while they grow. */
    private static final int BYTES_PER_VERTEX = 144;
    /** Bytes for an edge, likewise. */
    private static final int BYTES_PER_EDGE = 24;

    private long bytesLeft;
    private int vertices;
    private int edges;
    private int[] firstEdge = new int[64];
    private int[] in = new int[64];
    private int[] nextEdge = new int[64];
    private int[] target = new int[64];
    private byte[] how = new byte[64];
    private final BitSet removed = new BitSet();

    // Set by findComponents.
    private int[] component = {};
    private int[] members = {};
    private int[] firstMember = {};
    private final BitSet heldUpFromOutside = new BitSet();
    /**
     * The predecessor of a vertex on a path. Shared by all searches for paths, because each is in a component of its
     * own.
     */
    private int[] before = {};

    private byte[] howBefore = {};

    /** Visits edges. */
    @FunctionalInterface
    interface EdgeVisitor {
        void edge(int target, byte how);
    }

    /**
     * Creates an empty graph.
     *
     * @param maxBytes maximum memory that it may take
     */
    WaitForGraph(long maxBytes) {
        this.bytesLeft = maxBytes;
    }

    /**
     * Adds a vertex without edges, and returns its number, which is one more than the last; {@link #FULL} if it does
     * not fit.
     */
    int add() {
        if (bytesLeft < BYTES_PER_VERTEX) {
            return FULL;
        }
        bytesLeft -= BYTES_PER_VERTEX;
        if (vertices == firstEdge.length) {
            firstEdge = Arrays.copyOf(firstEdge, 2 * vertices);
            in = Arrays.copyOf(in, 2 * vertices);
        }
        firstEdge[vertices] = NONE;
        return vertices++;
    }

    /** Adds an edge; returns false if it does not fit. */
    boolean connect(int from, int to, byte kind) {
        if (bytesLeft < BYTES_PER_EDGE) {
            return false;
        }
        bytesLeft -= BYTES_PER_EDGE;
        if (edges == target.length) {
            nextEdge = Arrays.copyOf(nextEdge, 2 * edges);
            target = Arrays.copyOf(target, 2 * edges);
            how = Arrays.copyOf(how, 2 * edges);
        }
        nextEdge[edges] = firstEdge[from];
        target[edges] = to;
        how[edges] = kind;
        firstEdge[from] = edges++;
        in[to]++;
        return true;
    }

    /** Returns the number of vertices, the removed ones included. */
    int size() {
        return vertices;
    }

    /** Returns the number of edges that lead to a vertex. */
    int edgesTo(int vertex) {
        return in[vertex];
    }

    /** Visits the edges that begin at a vertex. */
    void forEachEdge(int vertex, EdgeVisitor visitor) {
        for (int edge = firstEdge[vertex]; edge != NONE; edge = nextEdge[edge]) {
            visitor.edge(target[edge], how[edge]);
        }
    }

    boolean isRemoved(int vertex) {
        return removed.get(vertex);
    }

    /**
     * Removes each vertex that has fewer edges than it needs, and all vertices that the removed ones hold up, directly
     * or not.
     *
     * @param needs how many edges a vertex needs
     * @return how many vertices are left
     */
    int removeUnlessHeldUp(IntUnaryOperator needs) {
        int[] toVisit = new int[vertices];
        int count = 0;
        for (int vertex = 0; vertex < vertices; vertex++) {
            if (in[vertex] < needs.applyAsInt(vertex)) {
                removed.set(vertex);
                toVisit[count++] = vertex;
            }
        }
        while (count > 0) {
            int vertex = toVisit[--count];
            for (int edge = firstEdge[vertex]; edge != NONE; edge = nextEdge[edge]) {
                if (!removed.get(target[edge])) {
                    removed.set(target[edge]);
                    toVisit[count++] = target[edge];
                }
            }
        }
        return vertices - removed.cardinality();
    }

    /**
     * Finds the strongly connected components of the remaining vertices.
     *
     * <p>Algorithm: R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (2), 1972;
     * with arrays in place of the recursion.
     *
     * @return the number of components
     */
    int findComponents() {
        int[] number = new int[vertices]; // in the order of the search; 0 if not visited
        int[] low = new int[vertices];
        int[] edgeToLookAt = Arrays.copyOf(firstEdge, vertices);
        int[] path = new int[vertices];
        int[] open = new int[vertices];
        component = new int[vertices];
        Arrays.fill(component, NONE);
        members = new int[vertices];
        firstMember = new int[vertices + 1];
        before = new int[vertices];
        howBefore = new byte[vertices];
        int numbered = 0;
        int opened = 0;
        int placed = 0;
        int components = 0;
        for (int root = 0; root < vertices; root++) {
            if (removed.get(root) || number[root] != 0) {
                continue;
            }
            int depth = 0;
            path[depth++] = root;
            open[opened++] = root;
            number[root] = low[root] = ++numbered;
            while (depth > 0) {
                int vertex = path[depth - 1];
                int edge = edgeToLookAt[vertex];
                if (edge != NONE) {
                    edgeToLookAt[vertex] = nextEdge[edge];
                    int next = target[edge];
                    if (removed.get(next)) {
                        continue;
                    }
                    if (number[next] == 0) {
                        path[depth++] = next;
                        open[opened++] = next;
                        number[next] = low[next] = ++numbered;
                    } else if (component[next] == NONE) {
                        low[vertex] = Math.min(low[vertex], number[next]);
                    }
                    continue;
                }
                depth--;
                if (depth > 0) {
                    low[path[depth - 1]] = Math.min(low[path[depth - 1]], low[vertex]);
                }
                if (low[vertex] == number[vertex]) {
                    firstMember[components] = placed;
                    int member;
                    do {
                        member = open[--opened];
                        component[member] = components;
                        members[placed++] = member;
                    } while (member != vertex);
                    components++;
                }
            }
        }
        firstMember[components] = placed;
        noteEdgesBetweenComponents();
        return components;
    }

    private void noteEdgesBetweenComponents() {
        for (int vertex = 0; vertex < vertices; vertex++) {
            if (removed.get(vertex)) {
                continue;
            }
            for (int edge = firstEdge[vertex]; edge != NONE; edge = nextEdge[edge]) {
                int to = target[edge];
                if (!removed.get(to) && component[to] != component[vertex]) {
                    heldUpFromOutside.set(component[to]);
                }
            }
        }
    }

    /** Returns the component of a vertex that is not removed. */
    int componentOf(int vertex) {
        return component[vertex];
    }

    /** Returns true if nothing outside of a component holds up anything inside. */
    boolean isClosed(int component) {
        return !heldUpFromOutside.get(component);
    }

    /** Returns the vertices of a component. */
    int[] membersOf(int component) {
        return Arrays.copyOfRange(members, firstMember[component], firstMember[component + 1]);
    }

    /** Finds a shortest path inside a component, to be read backwards by {@link #before} and {@link #howBefore}. */
    void findPath(int from, int to) {
        int[] toVisit = new int[firstMember[component[from] + 1] - firstMember[component[from]]];
        BitSet found = new BitSet();
        int count = 0;
        toVisit[count++] = from;
        found.set(from);
        for (int visited = 0; visited < count && !found.get(to); visited++) {
            int vertex = toVisit[visited];
            for (int edge = firstEdge[vertex]; edge != NONE; edge = nextEdge[edge]) {
                int next = target[edge];
                if (!removed.get(next) && component[next] == component[from] && !found.get(next)) {
                    found.set(next);
                    before[next] = vertex;
                    howBefore[next] = how[edge];
                    toVisit[count++] = next;
                }
            }
        }
    }

    int before(int vertex) {
        return before[vertex];
    }

    byte howBefore(int vertex) {
        return howBefore[vertex];
    }
}
