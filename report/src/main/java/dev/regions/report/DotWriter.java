package dev.regions.report;

import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;

/** Writes a graph in the DOT language (graphviz.org/doc/info/lang.html). */
final class DotWriter {
    private final RegionGraph graph;
    private final StringBuilder out = new StringBuilder();
    private final List<List<RegionGraph.Node>> inFrame = new ArrayList<>();
    private final List<List<RegionGraph.Frame>> framesIn = new ArrayList<>();
    private final boolean[] used;

    DotWriter(RegionGraph graph) {
        this.graph = graph;
        int frames = graph.frames().size();
        this.used = new boolean[frames];
        for (int i = 0; i < frames; i++) {
            inFrame.add(new ArrayList<>());
            framesIn.add(new ArrayList<>());
        }
        for (RegionGraph.Node node : graph.nodes()) {
            if (node.region() >= 0) {
                inFrame.get(node.region()).add(node);
                for (int frame = node.region();
                        frame >= 0 && !used[frame];
                        frame = graph.frames().get(frame).parent()) {
                    used[frame] = true;
                }
            }
        }
        for (RegionGraph.Frame frame : graph.frames()) {
            if (used[frame.id()] && frame.parent() >= 0) {
                framesIn.get(frame.parent()).add(frame);
            }
        }
    }

    String write() {
        out.append("digraph regions {\n");
        out.append("  rankdir=TB;\n");
        out.append("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n");
        out.append("  edge [fontname=\"Helvetica\", fontsize=9, color=\"#59636e\"];\n");
        graph.nodes().stream().filter(node -> node.region() < 0).forEach(node -> write(node, "  "));
        graph.frames().stream()
                .filter(frame -> used[frame.id()] && frame.parent() < 0)
                .forEach(frame -> write(frame, "  "));
        graph.edges().forEach(this::write);
        return out.append("}\n").toString();
    }

    private void write(RegionGraph.Frame frame, String indent) {
        String inner = indent + "  ";
        out.append(indent).append("subgraph cluster_").append(frame.id()).append(" {\n");
        out.append(inner).append("label=").append(quoted(GraphLabels.of(frame))).append(";\n");
        out.append(inner).append("style=\"rounded,dashed\"; color=\"#8c959f\"; fontname=\"Helvetica\"; fontsize=10;\n");
        inFrame.get(frame.id()).forEach(node -> write(node, inner));
        framesIn.get(frame.id()).forEach(within -> write(within, inner));
        out.append(indent).append("}\n");
    }

    private void write(RegionGraph.Node node, String indent) {
        out.append(indent).append('n').append(node.id()).append(" [");
        out.append("label=").append(quoted(GraphLabels.of(node, "\n")));
        out.append(", fillcolor=\"").append(fill(node.state())).append('"');
        out.append(", tooltip=").append(quoted(node.state().name()));
        if (node.outside()) {
            out.append(", style=\"rounded,dashed\"");
        } else if (node.barrier()) {
            out.append(", shape=ellipse");
        }
        if (node.critical()) {
            out.append(", color=\"#cf222e\", penwidth=2.5");
        }
        out.append("];\n");
    }

    private void write(RegionGraph.Edge edge) {
        out.append("  n").append(edge.from()).append(" -> n").append(edge.to()).append(" [");
        out.append("label=").append(quoted(GraphLabels.of(edge)));
        if (edge.soft()) {
            out.append(", style=dashed");
        }
        if (edge.critical()) {
            out.append(", color=\"#cf222e\", penwidth=2");
        }
        out.append("];\n");
    }

    /** Returns the colour of a state, the same as on the page. */
    private static String fill(TaskState state) {
        return switch (state) {
            case SUCCEEDED -> "#d2f4d9";
            case FAILED -> "#ffcecb";
            case CANCELLED, ABANDONED -> "#e7d8ff";
            case SKIPPED -> "#fff1c2";
            case RUNNING -> "#cce5ff";
            case READY, WAITING, UNLAUNCHED -> "#f0f2f5";
        };
    }

    /**
     * Quotes a text for DOT. In a quoted string a backslash begins an escape, for example of a line break; other
     * characters stand for themselves.
     */
    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\r", "")
                        .replace("\u0000", "")
                        .replace("\n", "\\n")
                + '"';
    }
}
