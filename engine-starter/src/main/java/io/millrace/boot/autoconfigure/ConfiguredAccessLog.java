package io.millrace.boot.autoconfigure;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.millrace.accesslog.AccessLog;
import io.millrace.accesslog.FileRotation;
import io.millrace.accesslog.FileSink;
import io.millrace.accesslog.LineFilter;
import io.millrace.accesslog.LineFormat;
import io.millrace.accesslog.LineSink;
import io.millrace.accesslog.LoggerSink;
import io.millrace.accesslog.Masks;
import io.millrace.accesslog.QueryMask;
import io.millrace.accesslog.StdoutSink;
import io.millrace.boot.UnsupportedFeatureException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;

/**
 * From {@code millrace.access-log} to an access log: everything that contradicts itself
 * stops start-up, and what says something of what was not chosen.
 */
class ConfiguredAccessLog {

	private static final String PREFIX = "millrace.access-log";

	private static final int MAX_CAPACITY = 1_000_000;

	private static final int MIN_STATUS = 100;

	private static final int MAX_STATUS = 599;

	private final AccessLogProperties properties;

	private final Environment environment;

	private final String context;

	private final Set<String> set;

	/**
	 * Read the properties.
	 * @param properties the properties
	 * @param environment tells which of them are set
	 * @param context the context path of the application, empty for the root
	 */
	ConfiguredAccessLog(AccessLogProperties properties, Environment environment, String context) {
		this.properties = properties;
		this.environment = environment;
		this.context = context;
		this.set = ConfiguredKeys.under(environment, PREFIX)
			.stream()
			.map(ConfiguredAccessLog::squeeze)
			.collect(Collectors.toSet());
	}

	/**
	 * Create the log. Its thread runs, and its file is open.
	 * @return the log
	 */
	AccessLog create() {
		checkTarget();
		LineFormat format = format();
		LineFilter filter = filter();
		int capacity = this.properties.getQueueCapacity();
		if (capacity < 2 || capacity > MAX_CAPACITY) {
			throw invalid("queue-capacity", capacity, "The value has to be 2 to " + MAX_CAPACITY + ".");
		}
		return new AccessLog(format, filter, sink(), capacity);
	}

	private LineFormat format() {
		AccessLogProperties.Format format = this.properties.getFormat();
		String pattern = this.properties.getPattern();
		if (format != AccessLogProperties.Format.PATTERN && pattern != null) {
			throw invalid("pattern", pattern, "It does nothing where " + PREFIX + ".format is " + id(format)
					+ ". Remove one of them, or set " + PREFIX + ".format=pattern.");
		}
		if (format != AccessLogProperties.Format.JSON) {
			refuse(id(format), "format", "json", "request-headers", "response-headers");
		}
		Masks masks = masks();
		return switch (format) {
			case COMMON -> LineFormat.common(masks);
			case COMBINED -> LineFormat.combined(masks);
			case JSON -> LineFormat.json(masks, names("request-headers", this.properties.getRequestHeaders()),
					names("response-headers", this.properties.getResponseHeaders()));
			case PATTERN -> pattern(pattern, masks);
		};
	}

	private LineFormat pattern(@Nullable String pattern, Masks masks) {
		if (pattern == null || pattern.isBlank()) {
			throw invalid("format", "pattern",
					"There is no " + PREFIX + ".pattern. Write one, for example: %h %t \"%r\" %s %b %D");
		}
		try {
			return LineFormat.pattern(pattern, masks);
		}
		catch (IllegalArgumentException ex) {
			throw invalid("pattern", pattern, String.valueOf(ex.getMessage()));
		}
	}

	private Masks masks() {
		return new Masks(QueryMask.of(this.properties.getMaskQuery()),
				new HashSet<>(names("mask-headers", this.properties.getMaskHeaders())),
				this.properties.isMaskClientAddress());
	}

	private List<String> names(String key, Collection<String> names) {
		for (String name : names) {
			if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
				throw invalid(key, names, "'" + name + "' is no name of a header field.");
			}
		}
		return List.copyOf(names);
	}

	private LineFilter filter() {
		int status = this.properties.getMinStatus();
		if (status != 0 && (status < MIN_STATUS || status > MAX_STATUS)) {
			throw invalid("min-status", status,
					"The value has to be 0 (all) or " + MIN_STATUS + " to " + MAX_STATUS + ".");
		}
		if (this.properties.getMinDuration().isNegative()) {
			throw invalid("min-duration", this.properties.getMinDuration(), "The value has to be 0 (off) or more.");
		}
		ExcludedPaths excluded = ExcludedPaths.of(PREFIX + ".exclude-paths", this.properties.getExcludePaths(),
				this.context);
		return new LineFilter(excluded, status, this.properties.getMinDuration());
	}

	private void checkTarget() {
		AccessLogProperties.Target target = this.properties.getTarget();
		if (target != AccessLogProperties.Target.FILE) {
			refuse(id(target), "target", "file", "file.path", "file.daily", "file.max-size", "file.max-history",
					"file.total-size-cap", "file.compress");
		}
		if (target != AccessLogProperties.Target.LOGGER) {
			refuse(id(target), "target", "logger", "logger");
		}
		else if (this.properties.getLogger().isBlank()) {
			throw invalid("logger", this.properties.getLogger(), "It has to be the name of a logger.");
		}
	}

	private LineSink sink() {
		return switch (this.properties.getTarget()) {
			case STDOUT -> new StdoutSink();
			case LOGGER -> new LoggerSink(this.properties.getLogger());
			case FILE -> file();
		};
	}

	private LineSink file() {
		String path = this.properties.getFile().getPath();
		FileRotation rotation = rotation();
		try {
			return new FileSink(Path.of(path), rotation);
		}
		catch (IOException | InvalidPathException | SecurityException ex) {
			// Also where nobody has set it.
			throw new UnsupportedFeatureException(PREFIX + ".file.path=" + path,
					"No line can be written to it: " + ex + ".",
					"Name a file that the user of this process may write to, or set " + PREFIX + ".target=stdout.");
		}
	}

	private FileRotation rotation() {
		AccessLogProperties.File file = this.properties.getFile();
		long size = file.getMaxSize().toBytes();
		long cap = file.getTotalSizeCap().toBytes();
		if (size < 0) {
			throw invalid("file.max-size", file.getMaxSize(), "The value has to be 0 (no limit) or more.");
		}
		if (cap != 0 && cap < size) {
			throw invalid("file.total-size-cap", file.getTotalSizeCap(), "The value has to be 0 (no limit) or at least "
					+ PREFIX + ".file.max-size (" + file.getMaxSize() + ").");
		}
		if (cap < 0) {
			throw invalid("file.total-size-cap", file.getTotalSizeCap(), "The value has to be 0 (no limit) or more.");
		}
		if (file.getMaxHistory() < 0) {
			throw invalid("file.max-history", file.getMaxHistory(), "The value has to be 0 (for ever) or more.");
		}
		if (!file.isDaily() && size == 0) {
			for (String key : List.of("file.max-history", "file.total-size-cap", "file.compress")) {
				if (isSet(key)) {
					throw invalid(key, value(key), "No file is put aside where " + PREFIX + ".file.daily is false and "
							+ PREFIX + ".file.max-size is 0. Remove it, or set one of them.");
				}
			}
			return FileRotation.NONE;
		}
		return new FileRotation(file.isDaily(), size, file.getMaxHistory(), cap, file.isCompress());
	}

	private void refuse(String chosen, String by, String right, String... keys) {
		for (String key : keys) {
			if (isSet(key)) {
				throw invalid(key, value(key), "It does nothing where " + PREFIX + "." + by + " is " + chosen
						+ ". Remove it, or set " + PREFIX + "." + by + "=" + right + ".");
			}
		}
	}

	private boolean isSet(String key) {
		String squeezed = squeeze(PREFIX + "." + key);
		return this.set.stream().anyMatch((name) -> name.replaceAll("\\d+$", "").equals(squeezed));
	}

	private Object value(String key) {
		String property = PREFIX + "." + key;
		return Objects.requireNonNullElseGet(this.environment.getProperty(property),
				() -> this.environment.getProperty(property + "[0]", ""));
	}

	private static String id(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	// The names of environment variables do not tell dots from dashes.
	private static String squeeze(String key) {
		return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, @Nullable Object value,
			String reason) {
		return new InvalidConfigurationPropertyValueException(PREFIX + "." + name, Objects.toString(value, ""), reason);
	}

}
