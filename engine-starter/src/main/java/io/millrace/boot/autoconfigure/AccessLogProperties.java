package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * A line for each request, written by a thread of its own. The management server on a
 * port of its own has none.
 */
public class AccessLogProperties {

	/**
	 * Whether there is an access log.
	 */
	private boolean enabled = false;

	/**
	 * What a line says: common, combined, json with the field names of the Elastic Common
	 * Schema, or a pattern.
	 */
	private Format format = Format.COMMON;

	/**
	 * What a line says with format=pattern, in the codes of Tomcat's access log and those
	 * of Millrace.
	 */
	private @Nullable String pattern;

	/**
	 * Where lines go: stdout, file, or logger for a logger of the logging system.
	 */
	private Target target = Target.STDOUT;

	/**
	 * The name of the logger with target=logger. It logs at level INFO.
	 */
	private String logger = "millrace.access";

	/**
	 * How many lines may wait to be written, 2 to 1000000, and how many times 512 bytes.
	 * Above, lines are dropped and counted.
	 */
	private int queueCapacity = 8192;

	/**
	 * The paths whose requests have no line, in the syntax of Spring's PathPattern,
	 * without the context path.
	 */
	private List<String> excludePaths = new ArrayList<>();

	/**
	 * The least status that has a line, such as 400 for what went wrong only. What has no
	 * status, since its client went away, has a line. With 0 all have one. With
	 * min-duration what is either has one.
	 */
	private int minStatus = 0;

	/**
	 * How long a request takes that has a line, waiting included. With 0 that does not
	 * matter.
	 */
	private Duration minDuration = Duration.ofSeconds(0);

	/**
	 * The names of the parameters whose values are not written, whether in a target or in
	 * a Referer or Location header; * for the whole of every query.
	 */
	private List<String> maskQuery = new ArrayList<>();

	/**
	 * The names of the header fields whose values are not written.
	 */
	private List<String> maskHeaders = new ArrayList<>(
			List.of("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"));

	/**
	 * Whether addresses are shortened to their network: 24 bits of IPv4, 48 of IPv6.
	 */
	private boolean maskClientAddress = false;

	/**
	 * Header fields of requests that format=json writes besides those that it knows.
	 */
	private List<String> requestHeaders = new ArrayList<>();

	/**
	 * Header fields of responses that format=json writes.
	 */
	private List<String> responseHeaders = new ArrayList<>();

	private final File file = new File();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Format getFormat() {
		return this.format;
	}

	public void setFormat(Format format) {
		this.format = format;
	}

	public @Nullable String getPattern() {
		return this.pattern;
	}

	public void setPattern(@Nullable String pattern) {
		this.pattern = pattern;
	}

	public Target getTarget() {
		return this.target;
	}

	public void setTarget(Target target) {
		this.target = target;
	}

	public String getLogger() {
		return this.logger;
	}

	public void setLogger(String logger) {
		this.logger = logger;
	}

	public int getQueueCapacity() {
		return this.queueCapacity;
	}

	public void setQueueCapacity(int queueCapacity) {
		this.queueCapacity = queueCapacity;
	}

	public List<String> getExcludePaths() {
		return this.excludePaths;
	}

	public void setExcludePaths(List<String> excludePaths) {
		this.excludePaths = excludePaths;
	}

	public int getMinStatus() {
		return this.minStatus;
	}

	public void setMinStatus(int minStatus) {
		this.minStatus = minStatus;
	}

	public Duration getMinDuration() {
		return this.minDuration;
	}

	public void setMinDuration(Duration minDuration) {
		this.minDuration = minDuration;
	}

	public List<String> getMaskQuery() {
		return this.maskQuery;
	}

	public void setMaskQuery(List<String> maskQuery) {
		this.maskQuery = maskQuery;
	}

	public List<String> getMaskHeaders() {
		return this.maskHeaders;
	}

	public void setMaskHeaders(List<String> maskHeaders) {
		this.maskHeaders = maskHeaders;
	}

	public boolean isMaskClientAddress() {
		return this.maskClientAddress;
	}

	public void setMaskClientAddress(boolean maskClientAddress) {
		this.maskClientAddress = maskClientAddress;
	}

	public List<String> getRequestHeaders() {
		return this.requestHeaders;
	}

	public void setRequestHeaders(List<String> requestHeaders) {
		this.requestHeaders = requestHeaders;
	}

	public List<String> getResponseHeaders() {
		return this.responseHeaders;
	}

	public void setResponseHeaders(List<String> responseHeaders) {
		this.responseHeaders = responseHeaders;
	}

	public File getFile() {
		return this.file;
	}

	/**
	 * What a line says.
	 */
	public enum Format {

		/**
		 * The Common Log Format.
		 */
		COMMON,

		/**
		 * The Common Log Format with referrer and user agent.
		 */
		COMBINED,

		/**
		 * A JSON object with the field names of the Elastic Common Schema.
		 */
		JSON,

		/**
		 * What millrace.access-log.pattern says.
		 */
		PATTERN

	}

	/**
	 * Where lines go.
	 */
	public enum Target {

		/**
		 * The standard output.
		 */
		STDOUT,

		/**
		 * A file, as millrace.access-log.file says.
		 */
		FILE,

		/**
		 * A logger of the logging system.
		 */
		LOGGER

	}

	/**
	 * The file with target=file.
	 */
	public static class File {

		/**
		 * The file that lines are added to. Its directories are made.
		 */
		private String path = "logs/access.log";

		/**
		 * Whether each day has a file of its own: the file of a day that is over is put
		 * aside as access.log.2026-11-21.0.gz.
		 */
		private boolean daily = true;

		/**
		 * How large the file may become, about, before it is put aside. With 0 as large
		 * as it likes.
		 */
		private DataSize maxSize = DataSize.ofBytes(0);

		/**
		 * For how many days the files that were put aside are kept. With 0 for ever.
		 */
		private int maxHistory = 31;

		/**
		 * How large the files that were put aside may be together; the oldest are
		 * deleted, and the youngest never is. With 0 as large as they like.
		 */
		private DataSize totalSizeCap = DataSize.ofBytes(0);

		/**
		 * Whether the files that were put aside are compressed with gzip.
		 */
		private boolean compress = true;

		public String getPath() {
			return this.path;
		}

		public void setPath(String path) {
			this.path = path;
		}

		public boolean isDaily() {
			return this.daily;
		}

		public void setDaily(boolean daily) {
			this.daily = daily;
		}

		public DataSize getMaxSize() {
			return this.maxSize;
		}

		public void setMaxSize(DataSize maxSize) {
			this.maxSize = maxSize;
		}

		public int getMaxHistory() {
			return this.maxHistory;
		}

		public void setMaxHistory(int maxHistory) {
			this.maxHistory = maxHistory;
		}

		public DataSize getTotalSizeCap() {
			return this.totalSizeCap;
		}

		public void setTotalSizeCap(DataSize totalSizeCap) {
			this.totalSizeCap = totalSizeCap;
		}

		public boolean isCompress() {
			return this.compress;
		}

		public void setCompress(boolean compress) {
			this.compress = compress;
		}

	}

}
