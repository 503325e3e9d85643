package dev.regions.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the blocks of a Markdown page that are marked {@code java}. There are three kinds:
 *
 * <ul>
 *   <li>A block with an {@code import} at the start of a line is a compilation unit. It is compiled as it is.
 *   <li>A block whose first line of code begins with an annotation or a modifier is a member of a class.
 *   <li>Any other block is the body of a method, in which anything may be thrown and returned.
 * </ul>
 *
 * <p>The members and the bodies of one page are put into one class. The preamble of the page opens that class: a
 * resource in the folder {@code snippets} with imports, the head of a class with its opening brace, and the names that
 * the blocks use and do not declare. Each line of the page stays a line of the class, hence line numbers of the
 * compiler are those of the page plus the length of the preamble.
 */
final class PageSnippets {
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import ", Pattern.MULTILINE);
    private static final Pattern MEMBER = Pattern.compile(
            "(/\\*.*?\\*/\\s*|//[^\n]*\n\\s*)*(@|(public|protected|private|static|final) ).*", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("(class|interface|record|enum) (\\w+)");

    private PageSnippets() {}

    /**
     * Compiles the Java code of a page.
     *
     * @param name the name of the page, for the errors
     * @param classes the folder for the class files
     * @return the errors, each with the name of the page and the line
     */
    static List<String> compile(String name, String page, String preamble, Path classes) {
        String[] fragments = new String[(int) page.lines().count()];
        Arrays.fill(fragments, "");
        List<JavaFileObject> sources = new ArrayList<>();
        for (MatchResult block : BLOCK.matcher(page).results().toList()) {
            int fence = (int) page.substring(0, block.start()).lines().count();
            String code = block.group(1);
            if (IMPORT.matcher(code).find()) {
                sources.add(new Source(name, typeIn(code), "\n".repeat(fence + 1) + code));
            } else {
                List<String> lines = code.lines().toList();
                for (int i = 0; i < lines.size(); i++) {
                    fragments[fence + 1 + i] = lines.get(i);
                }
                if (!MEMBER.matcher(code).matches()) {
                    fragments[fence] = "Object snippet" + fence + "() throws Throwable { if (true) {";
                    fragments[fence + 1 + lines.size()] = "} return null; }";
                }
            }
        }
        sources.add(new Source(name, typeIn(preamble), preamble + String.join("\n", fragments) + "\n}\n"));

        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options =
                List.of("-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
        compiler.getTask(null, null, found, options, null, sources).call();
        long offset = preamble.lines().count();
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .map(error -> describe(name, error, error.getSource() == sources.getLast() ? offset : 0))
                .toList();
    }

    private static String describe(String name, Diagnostic<?> error, long offset) {
        long line = error.getLineNumber() - offset;
        return line > 0
                ? name + ":" + line + ": " + error.getMessage(null)
                : "the preamble of " + name + ":" + error.getLineNumber() + ": " + error.getMessage(null);
    }

    private static String typeIn(String code) {
        Matcher type = TYPE.matcher(code);
        return type.find() ? type.group(2) : "Unnamed";
    }

    /** Returns the preamble of a page; for a page without one, a class with nothing in it. */
    static String preambleOf(Path page) {
        String resource = "/snippets/" + page.getFileName().toString().replace(".md", ".txt");
        try (InputStream preamble = PageSnippets.class.getResourceAsStream(resource)) {
            return preamble == null
                    ? "class Fragments {\n"
                    : new String(preamble.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A source in memory, which the compiler names as its page. */
    private static final class Source extends SimpleJavaFileObject {
        private final String page;
        private final String code;

        Source(String page, String type, String code) {
            super(URI.create("string:///" + type + ".java"), Kind.SOURCE);
            this.page = page;
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }

        @Override
        public String getName() {
            return page;
        }
    }
}
