package io.millrace.demo.compare;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * What was asked for on the command line.
 *
 * @param names the copies' names, one to three
 * @param port where to look for free ports from
 * @param load what is asked of each copy
 * @param processors the processors that all copies share, as {@code taskset} has them, or
 * {@code null} for all
 * @param jvm options of each copy's JVM
 * @param jar the application's jar, or {@code null} for the class path of this process
 * @param logs the folder of the copies' logs
 * @param end after what time all is stopped, or {@code null} for never
 * @param open whether a browser is opened
 */
record CompareOptions(List<String> names, int port, LoadOptions load, @Nullable String processors, List<String> jvm,
		@Nullable Path jar, Path logs, @Nullable Duration end, boolean open) {

	static final String USAGE = """
			Starts copies of the demo, each on another server, with the same load on all of them, and a page that
			draws them side by side. Ctrl-C stops everything.

			  --copies=millrace,tomcat,jetty  one to three of these; millrace-virtual and so on for virtual threads
			  --rate=500                      requests a second to each copy; 'max': as many as it answers; 0: none
			  --connections=16                connections to each copy
			  --path=/json                    what is asked for, such as /courses, /plaintext or /work?ms=10
			  --cpus=LIST                     the copies share these processors, such as 1 or 0,2 (needs taskset)
			  --jvm=OPTIONS                   options of each copy's JVM, -Xmx512m unless given
			  --port=8081                     the first port; those that are taken are passed over
			  --logs=DIR                      where each copy's log goes, demo-app/target/compare unless given
			  --for=TIME                      stop after a time, such as 60s or 5m
			  --open                          open the page in the browser
			  --jar=FILE                      the jar to run instead of the class path
			""";

	private static final Set<String> NAMES = Set.of("copies", "rate", "connections", "path", "cpus", "jvm", "port",
			"logs", "for", "open", "jar");

	CompareOptions {
		Assert.isTrue(!names.isEmpty() && names.size() <= 3, "--copies takes one to three copies");
		Assert.isTrue(Set.copyOf(names).size() == names.size(), "--copies names a copy twice");
		Assert.isTrue(port > 0 && port < 65536, "--port must be between 1 and 65535");
		Assert.isTrue(end == null || end.toSeconds() > 0, "--for must be a second or more");
		names.forEach((name) -> Copy.named(name, port));
	}

	/**
	 * Reads the command line.
	 * @param args {@code --name=value} each
	 * @return what was asked for
	 * @throws IllegalArgumentException if something there is not understood
	 */
	static CompareOptions parse(String... args) {
		ApplicationArguments given = new DefaultApplicationArguments(args);
		Set<String> unknown = new TreeSet<>(given.getOptionNames());
		unknown.removeAll(NAMES);
		Assert.isTrue(unknown.isEmpty(), () -> "--" + String.join(", --", unknown) + " is not known");
		Assert.isTrue(given.getNonOptionArgs().isEmpty(), () -> given.getNonOptionArgs() + " is not understood");
		String jar = value(given, "jar");
		String logs = (jar != null) ? Path.of(jar).resolveSibling("compare").toString() : "target/compare";
		String end = value(given, "for");
		String rate = value(given, "rate", "500");
		LoadOptions load = new LoadOptions("max".equals(rate) ? LoadOptions.MAX_RATE : number("rate", rate),
				number("connections", value(given, "connections", "16")), value(given, "path", "/json"));
		return new CompareOptions(List.of(value(given, "copies", "millrace,tomcat,jetty").split(",")),
				number("port", value(given, "port", "8081")), load, value(given, "cpus"),
				List.of(StringUtils.tokenizeToStringArray(value(given, "jvm", "-Xmx512m"), " ")),
				(jar != null) ? Path.of(jar) : null, Path.of(value(given, "logs", logs)),
				(end != null) ? DurationStyle.detectAndParse(end) : null, given.containsOption("open"));
	}

	private static int number(String name, String value) {
		try {
			return Integer.parseInt(value);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException("--" + name + " needs a number, not '" + value + "'", ex);
		}
	}

	private static String value(ApplicationArguments given, String name, String otherwise) {
		String value = value(given, name);
		return (value != null) ? value : otherwise;
	}

	private static @Nullable String value(ApplicationArguments given, String name) {
		List<String> values = given.getOptionValues(name);
		if (values == null) {
			return null;
		}
		Assert.isTrue(values.size() == 1, () -> "--" + name + " needs one value: --" + name + "=VALUE");
		return values.get(0);
	}

}
