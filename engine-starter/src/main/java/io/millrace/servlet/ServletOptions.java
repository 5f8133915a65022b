package io.millrace.servlet;

import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

import jakarta.servlet.http.Cookie;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ServletApplication} is told by whoever embeds it. Immutable; limits are
 * those that Tomcat has.
 */
public final class ServletOptions {

	private final String contextPath;

	private final String displayName;

	private final Map<String, String> initParameters;

	private final Map<String, String> mimeMappings;

	private final List<ErrorPage> errorPages;

	private final Duration sessionTimeout;

	private final SessionStorage sessionStorage;

	private final Map<Locale, Charset> localeCharsets;

	private final @Nullable Path documentRoot;

	private final List<URL> staticResources;

	private final boolean defaultServlet;

	private final Path temporaryDirectory;

	private final Function<Cookie, @Nullable String> cookieSameSite;

	private final String serverInfo;

	private final int maxParameterCount;

	private final long maxFormSize;

	private final int maxPartCount;

	private final int maxPartHeaderSize;

	private ServletOptions(Builder builder) {
		this.contextPath = builder.contextPath;
		this.displayName = builder.displayName;
		this.initParameters = Map.copyOf(builder.initParameters);
		this.mimeMappings = Map.copyOf(builder.mimeMappings);
		this.errorPages = List.copyOf(builder.errorPages);
		this.sessionTimeout = builder.sessionTimeout;
		this.sessionStorage = builder.sessionStorage;
		this.localeCharsets = Map.copyOf(builder.localeCharsets);
		this.documentRoot = builder.documentRoot;
		this.staticResources = List.copyOf(builder.staticResources);
		this.defaultServlet = builder.defaultServlet;
		this.temporaryDirectory = builder.temporaryDirectory;
		this.cookieSameSite = builder.cookieSameSite;
		this.serverInfo = builder.serverInfo;
		this.maxParameterCount = builder.maxParameterCount;
		this.maxFormSize = builder.maxFormSize;
		this.maxPartCount = builder.maxPartCount;
		this.maxPartHeaderSize = builder.maxPartHeaderSize;
	}

	/**
	 * Start with the defaults.
	 * @return a builder for an application at the root
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * The context path.
	 * @return "" for the root, otherwise with a leading and without a trailing slash
	 */
	public String contextPath() {
		return this.contextPath;
	}

	/**
	 * The name of the application.
	 * @return any text
	 */
	public String displayName() {
		return this.displayName;
	}

	/**
	 * The context parameters.
	 * @return names and values
	 */
	public Map<String, String> initParameters() {
		return this.initParameters;
	}

	/**
	 * The media types of files.
	 * @return file name extensions without dot, and types
	 */
	public Map<String, String> mimeMappings() {
		return this.mimeMappings;
	}

	/**
	 * Where errors are dispatched to.
	 * @return the pages, the first that fits wins
	 */
	public List<ErrorPage> errorPages() {
		return this.errorPages;
	}

	/**
	 * The time after which an unused session ends.
	 * @return zero or less for never
	 */
	public Duration sessionTimeout() {
		return this.sessionTimeout;
	}

	/**
	 * How many sessions there may be, and where they are kept.
	 * @return initially a million, in memory
	 */
	public SessionStorage sessionStorage() {
		return this.sessionStorage;
	}

	/**
	 * The character encoding that {@code setLocale} implies.
	 * @return locales and their charsets
	 */
	public Map<Locale, Charset> localeCharsets() {
		return this.localeCharsets;
	}

	/**
	 * The directory of the application's resources.
	 * @return {@code null} for none
	 */
	public @Nullable Path documentRoot() {
		return this.documentRoot;
	}

	/**
	 * The {@code META-INF/resources} of libraries.
	 * @return directories or jar entries
	 */
	public List<URL> staticResources() {
		return this.staticResources;
	}

	/**
	 * Whether a servlet named "default" sends the resources of the application, at "/"
	 * unless the application maps a servlet of its own there.
	 * @return whether there is one
	 */
	public boolean defaultServlet() {
		return this.defaultServlet;
	}

	/**
	 * The directory for uploads and {@code jakarta.servlet.context.tempdir}.
	 * @return an existing directory
	 */
	public Path temporaryDirectory() {
		return this.temporaryDirectory;
	}

	/**
	 * What gives a cookie its {@code SameSite}.
	 * @return {@code null} as result leaves the cookie alone
	 */
	public Function<Cookie, @Nullable String> cookieSameSite() {
		return this.cookieSameSite;
	}

	/**
	 * What {@code getServerInfo} tells.
	 * @return name and optional version
	 */
	public String serverInfo() {
		return this.serverInfo;
	}

	/**
	 * How many parameters of query and form are taken.
	 * @return negative for no limit; above it the request is refused
	 */
	public int maxParameterCount() {
		return this.maxParameterCount;
	}

	/**
	 * How many bytes a form in the body may have.
	 * @return negative for no limit
	 */
	public long maxFormSize() {
		return this.maxFormSize;
	}

	/**
	 * How many parts a multipart body may have.
	 * @return negative for no limit
	 */
	public int maxPartCount() {
		return this.maxPartCount;
	}

	/**
	 * How many bytes the header of a part may have.
	 * @return negative for no limit
	 */
	public int maxPartHeaderSize() {
		return this.maxPartHeaderSize;
	}

	/**
	 * Collects the options. Not for several threads.
	 */
	public static final class Builder {

		private String contextPath = "";

		private String displayName = "application";

		private Map<String, String> initParameters = Map.of();

		private Map<String, String> mimeMappings = Map.of();

		private List<ErrorPage> errorPages = List.of();

		private Duration sessionTimeout = Duration.ofMinutes(30);

		private SessionStorage sessionStorage = SessionStorage.inMemory();

		private Map<Locale, Charset> localeCharsets = Map.of();

		private @Nullable Path documentRoot = null;

		private List<URL> staticResources = List.of();

		private boolean defaultServlet;

		private Path temporaryDirectory = Path.of(System.getProperty("java.io.tmpdir"));

		private Function<Cookie, @Nullable String> cookieSameSite = (cookie) -> null;

		private String serverInfo = "Millrace";

		private int maxParameterCount = 1000;

		private long maxFormSize = 2L * 1024 * 1024;

		private int maxPartCount = 50;

		private int maxPartHeaderSize = 512;

		private Builder() {
		}

		/**
		 * Set the context path.
		 * @param contextPath "" for the root, otherwise with a leading and without a
		 * trailing slash
		 * @return this builder
		 * @throws IllegalArgumentException where it is not such a path
		 */
		public Builder contextPath(String contextPath) {
			if (!contextPath.isEmpty() && (!contextPath.startsWith("/") || contextPath.endsWith("/"))) {
				throw new IllegalArgumentException(
						"contextPath has to be empty or start, and not end, with '/', and is '" + contextPath + "'");
			}
			this.contextPath = contextPath;
			return this;
		}

		/**
		 * Set the name of the application.
		 * @param displayName any text
		 * @return this builder
		 */
		public Builder displayName(String displayName) {
			this.displayName = displayName;
			return this;
		}

		/**
		 * Set the context parameters.
		 * @param initParameters names and values
		 * @return this builder
		 */
		public Builder initParameters(Map<String, String> initParameters) {
			this.initParameters = initParameters;
			return this;
		}

		/**
		 * Set the media types of files.
		 * @param mimeMappings file name extensions without dot, and types
		 * @return this builder
		 */
		public Builder mimeMappings(Map<String, String> mimeMappings) {
			this.mimeMappings = mimeMappings;
			return this;
		}

		/**
		 * Set where errors are dispatched to.
		 * @param errorPages the pages, the first that fits wins
		 * @return this builder
		 */
		public Builder errorPages(List<ErrorPage> errorPages) {
			this.errorPages = errorPages;
			return this;
		}

		/**
		 * Set the time after which an unused session ends.
		 * @param sessionTimeout zero or less for never
		 * @return this builder
		 */
		public Builder sessionTimeout(Duration sessionTimeout) {
			this.sessionTimeout = sessionTimeout;
			return this;
		}

		/**
		 * Set how many sessions there may be, and where they are kept.
		 * @param sessionStorage the description
		 * @return this builder
		 */
		public Builder sessionStorage(SessionStorage sessionStorage) {
			this.sessionStorage = sessionStorage;
			return this;
		}

		/**
		 * Set the character encoding that {@code setLocale} implies.
		 * @param localeCharsets locales and their charsets
		 * @return this builder
		 */
		public Builder localeCharsets(Map<Locale, Charset> localeCharsets) {
			this.localeCharsets = localeCharsets;
			return this;
		}

		/**
		 * Set the directory of the application's resources.
		 * @param documentRoot {@code null} for none
		 * @return this builder
		 */
		public Builder documentRoot(@Nullable Path documentRoot) {
			this.documentRoot = documentRoot;
			return this;
		}

		/**
		 * Set the {@code META-INF/resources} of libraries.
		 * @param staticResources directories or jar entries
		 * @return this builder
		 */
		public Builder staticResources(List<URL> staticResources) {
			this.staticResources = staticResources;
			return this;
		}

		/**
		 * Set whether a servlet named "default" sends the resources of the application,
		 * at "/" unless the application maps a servlet of its own there.
		 * @param defaultServlet whether there is one
		 * @return this builder
		 */
		public Builder defaultServlet(boolean defaultServlet) {
			this.defaultServlet = defaultServlet;
			return this;
		}

		/**
		 * Set the directory for uploads and {@code jakarta.servlet.context.tempdir}.
		 * @param temporaryDirectory an existing directory
		 * @return this builder
		 */
		public Builder temporaryDirectory(Path temporaryDirectory) {
			this.temporaryDirectory = temporaryDirectory;
			return this;
		}

		/**
		 * Set what gives a cookie its {@code SameSite}.
		 * @param cookieSameSite {@code null} as result leaves the cookie alone
		 * @return this builder
		 */
		public Builder cookieSameSite(Function<Cookie, @Nullable String> cookieSameSite) {
			this.cookieSameSite = cookieSameSite;
			return this;
		}

		/**
		 * Set what {@code getServerInfo} tells.
		 * @param serverInfo name and optional version
		 * @return this builder
		 */
		public Builder serverInfo(String serverInfo) {
			this.serverInfo = serverInfo;
			return this;
		}

		/**
		 * Set how many parameters of query and form are taken.
		 * @param maxParameterCount negative for no limit; above it the request is refused
		 * @return this builder
		 */
		public Builder maxParameterCount(int maxParameterCount) {
			this.maxParameterCount = maxParameterCount;
			return this;
		}

		/**
		 * Set how many bytes a form in the body may have.
		 * @param maxFormSize negative for no limit
		 * @return this builder
		 */
		public Builder maxFormSize(long maxFormSize) {
			this.maxFormSize = maxFormSize;
			return this;
		}

		/**
		 * Set how many parts a multipart body may have.
		 * @param maxPartCount negative for no limit
		 * @return this builder
		 */
		public Builder maxPartCount(int maxPartCount) {
			this.maxPartCount = maxPartCount;
			return this;
		}

		/**
		 * Set how many bytes the header of a part may have.
		 * @param maxPartHeaderSize negative for no limit
		 * @return this builder
		 */
		public Builder maxPartHeaderSize(int maxPartHeaderSize) {
			this.maxPartHeaderSize = maxPartHeaderSize;
			return this;
		}

		/**
		 * The options.
		 * @return an immutable copy
		 */
		public ServletOptions build() {
			return new ServletOptions(this);
		}

	}

}
