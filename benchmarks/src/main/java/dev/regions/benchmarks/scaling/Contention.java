package dev.regions.benchmarks.scaling;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.benchmarks.scaling.ContentionRun.Counts;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Counts how often threads get into each other's way in the core: how many of the atomic steps that can fail did, for a
 * million tasks, with different numbers of carriers of virtual threads. The core that it runs is compiled from the
 * sources, with the counts put in; time is not measured, for the counts take some.
 */
@Command(
        name = "contention",
        mixinStandardHelpOptions = true,
        description = "Counts how often an atomic step of the core fails, for a million tasks.")
public final class Contention implements Callable<Integer> {
    @Option(
            names = "--parallelism",
            split = ",",
            defaultValue = "1,2,4,8",
            description = "How many carriers: jdk.virtualThreadScheduler.parallelism. Default: 1,2,4,8.")
    private List<Integer> parallelism = List.of();

    @Option(names = "--project", description = "The root of the project. Default: this folder, or the one around it.")
    private Path project = Files.isDirectory(Path.of("runtime")) ? Path.of("") : Path.of("..");

    private Contention() {}

    /** The program. */
    public static void main(String... arguments) {
        System.exit(new CommandLine(new Contention()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("regions-contention");
        try {
            String classPath =
                    CountingCore.compile(project, folder) + File.pathSeparator + System.getProperty("java.class.path");
            System.out.println("Failed attempts for a million tasks\n");
            System.out.println(line("", Arrays.stream(Place.values()).map(place -> place.title)));
            for (int carriers : parallelism) {
                System.out.println(carriers == 1 ? "1 carrier" : carriers + " carriers");
                for (Counts counts : run(carriers, classPath, folder.resolve("counts.json"))) {
                    System.out.println(line(
                            "  " + counts.workload(),
                            Arrays.stream(counts.failed())
                                    .mapToObj(failed ->
                                            String.format(Locale.ROOT, "%.0f", failed * 1e6 / counts.tasks()))));
                }
            }
            System.out.println();
            for (Place place : Place.values()) {
                System.out.println(place.title + ": " + place.meaning);
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private static String line(String first, Stream<String> cells) {
        return String.format("%-22s", first)
                + cells.map(cell -> String.format("%23s", cell)).collect(Collectors.joining());
    }

    private static List<Counts> run(int carriers, String classPath, Path json) throws Exception {
        int exit = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djdk.virtualThreadScheduler.parallelism=" + carriers,
                        "-Xms4g",
                        "-Xmx4g",
                        "-XX:+AlwaysPreTouch",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        classPath,
                        ContentionRun.class.getName(),
                        json.toString())
                .inheritIO()
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("the run with " + carriers + " carriers failed; its output is above");
        }
        return new ObjectMapper().readValue(json.toFile(), new TypeReference<>() {});
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }
}
