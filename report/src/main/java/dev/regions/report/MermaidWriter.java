package dev.regions.report;

import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a graph as a flowchart of Mermaid (mermaid.js.org/syntax/flowchart.html). */
final class MermaidWriter {
    private final RegionGraph graph;
    private final StringBuilder out = new StringBuilder();

    MermaidWriter(RegionGraph graph) {
        this.graph = graph;
    }

    String write() {
        out.append("flowchart TB\n");
        graph.nodes().stream().filter(node -> node.region() < 0).forEach(node -> write(node, "  "));
        graph.frames().stream().filter(frame -> frame.parent() < 0).forEach(frame -> write(frame, "  "));
        List<Integer> critical = new ArrayList<>();
        for (int i = 0; i < graph.edges().size(); i++) {
            RegionGraph.Edge edge = graph.edges().get(i);
            out.append("  n").append(edge.from());
            out.append(edge.soft() ? " -. " : " -- ");
            out.append(quoted(GraphLabels.of(edge)));
            out.append(edge.soft() ? " .-> " : " --> ");
            out.append('n').append(edge.to()).append('\n');
            if (edge.critical()) {
                critical.add(i);
            }
        }
        for (TaskState state : TaskState.values()) {
            if (graph.nodes().stream().anyMatch(node -> node.state() == state)) {
                out.append("  classDef ")
                        .append(name(state))
                        .append(' ')
                        .append(style(state))
                        .append('\n');
            }
        }
        if (graph.nodes().stream().anyMatch(RegionGraph.Node::critical)) {
            out.append("  classDef critical stroke:#cf222e,stroke-width:3px\n");
            out.append("  class ")
                    .append(graph.nodes().stream()
                            .filter(RegionGraph.Node::critical)
                            .map(node -> "n" + node.id())
                            .collect(Collectors.joining(",")))
                    .append(" critical\n");
        }
        if (!critical.isEmpty()) {
            out.append("  linkStyle ")
                    .append(critical.stream().map(String::valueOf).collect(Collectors.joining(",")))
                    .append(" stroke:#cf222e,stroke-width:3px\n");
        }
        return out.toString();
    }

    /** Writes a frame if it, or a frame within it, has nodes. */
    private boolean write(RegionGraph.Frame frame, String indent) {
        int before = out.length();
        out.append(indent)
                .append("subgraph r")
                .append(frame.id())
                .append(" [")
                .append(quoted(GraphLabels.of(frame)))
                .append("]\n");
        boolean any = false;
        for (RegionGraph.Node node : graph.nodes()) {
            if (node.region() == frame.id()) {
                write(node, indent + "  ");
                any = true;
            }
        }
        for (RegionGraph.Frame within : graph.frames()) {
            if (within.parent() == frame.id()) {
                any |= write(within, indent + "  ");
            }
        }
        if (any) {
            out.append(indent).append("end\n");
        } else {
            out.setLength(before);
        }
        return any;
    }

    private void write(RegionGraph.Node node, String indent) {
        out.append(indent).append('n').append(node.id());
        out.append(node.barrier() ? "([" : node.outside() ? "[/" : "[");
        out.append(quoted(GraphLabels.of(node, "<br>")));
        out.append(node.barrier() ? "])" : node.outside() ? "/]" : "]");
        out.append(":::").append(name(node.state())).append('\n');
    }

    private static String name(TaskState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String style(TaskState state) {
        return switch (state) {
            case SUCCEEDED -> "fill:#d2f4d9,stroke:#1a7f37,color:#1f2328";
            case FAILED -> "fill:#ffcecb,stroke:#a40e26,color:#1f2328";
            case CANCELLED, ABANDONED -> "fill:#e7d8ff,stroke:#6639ba,color:#1f2328";
            case SKIPPED -> "fill:#fff1c2,stroke:#7d4e00,color:#1f2328";
            case RUNNING -> "fill:#cce5ff,stroke:#0550ae,color:#1f2328";
            case READY, WAITING, UNLAUNCHED -> "fill:#f0f2f5,stroke:#59636e,color:#1f2328";
        };
    }

    /**
     * Quotes a text for Mermaid. In a quoted string a character can be given by its number; all special characters are.
     */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        String[] lines = text.split("<br>", -1);
        for (int i = 0; i < lines.length; i++) {
            if (i > 0) {
                quoted.append("<br>");
            }
            lines[i].codePoints().forEach(c -> {
                if (Character.isLetterOrDigit(c)
                        || c == ' '
                        || c == '-'
                        || c == '.'
                        || c == ','
                        || c == '×'
                        || c == '_') {
                    quoted.appendCodePoint(c);
                } else {
                    quoted.append('#').append(c).append(';');
                }
            });
        }
        return quoted.append('"').toString();
    }
}
