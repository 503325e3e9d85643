package dev.regions.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.TaskRuntime;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class JavaPrinterTest {
    private static final int PROGRAMS = 30;

    @Test
    @DisplayName("Printed programs compile without a warning, and what they assert holds")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void printedProgramsCompileAndPass(@TempDir Path classes) throws Throwable {
        long seed = Long.getLong("regions.model.seed", new Random().nextLong());
        Random random = new Random(seed);
        Map<String, String> sources = new LinkedHashMap<>();
        for (int i = 0; i < PROGRAMS; i++) {
            sources.put("Program" + i, JavaPrinter.print(ProgramGenerator.draw(random), "Program" + i));
        }

        try (PrintedPrograms programs = PrintedPrograms.compile(sources, classes)) {
            for (String name : sources.keySet()) {
                try (TaskRuntime runtime =
                        TaskRuntime.builder().onUncaughtFailure(failure -> {}).build()) {
                    runtime.run(() -> programs.run(name));
                } catch (Throwable failed) {
                    throw new AssertionError("-Dregions.model.seed=" + seed + ", " + sources.get(name), failed);
                }
            }
        }
        assertThat(String.join("", sources.values())) // or the test would show little
                .contains(
                        "Regions.<Exception>bulk",
                        "Regions.bulk()",
                        ".fork(",
                        "FutureTask",
                        "gate",
                        "cancel(",
                        "FutureTask<Boolean> cancel");
    }
}
