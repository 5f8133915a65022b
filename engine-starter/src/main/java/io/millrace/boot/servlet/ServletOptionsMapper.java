package io.millrace.boot.servlet;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.millrace.servlet.ErrorPage;
import io.millrace.servlet.ServletOptions;
import io.millrace.servlet.SessionStorage;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.MimeMappings;
import org.springframework.boot.web.server.servlet.DocumentRoot;
import org.springframework.boot.web.server.servlet.ServletWebServerSettings;
import org.springframework.util.ClassUtils;

/**
 * From Boot's settings of a servlet web server to the options of our container. For one
 * use.
 */
class ServletOptionsMapper {

	private final ServletWebServerSettings settings;

	private final Collection<org.springframework.boot.web.error.ErrorPage> errorPages;

	private final ServletLimits limits;

	private final SessionStorage sessionStorage;

	ServletOptionsMapper(ServletWebServerSettings settings,
			Collection<org.springframework.boot.web.error.ErrorPage> errorPages, ServletLimits limits,
			SessionStorage sessionStorage) {
		this.settings = settings;
		this.errorPages = errorPages;
		this.limits = limits;
		this.sessionStorage = sessionStorage;
	}

	ServletOptions map(Path temporaryDirectory) {
		ServletOptions.Builder builder = ServletOptions.builder()
			.contextPath(this.settings.getContextPath().toString())
			.mimeMappings(mimeMappings())
			.errorPages(this.errorPages.stream().map(this::errorPage).toList())
			.sessionTimeout(sessionTimeout())
			.sessionStorage(this.sessionStorage)
			.localeCharsets(localeCharsets())
			.documentRoot(documentRoot(temporaryDirectory))
			.staticResources(staticResources())
			.defaultServlet(this.settings.isRegisterDefaultServlet())
			.temporaryDirectory(temporaryDirectory)
			.cookieSameSite(new SameSiteRule(this.settings))
			.maxParameterCount(this.limits.maxParameterCount())
			.maxFormSize(this.limits.maxFormSize())
			.maxPartCount(this.limits.maxPartCount())
			.maxPartHeaderSize(this.limits.maxPartHeaderSize());
		String displayName = this.settings.getDisplayName();
		return ((displayName != null) ? builder.displayName(displayName) : builder).build();
	}

	private Map<String, String> mimeMappings() {
		Map<String, String> mappings = new HashMap<>(2048);
		for (MimeMappings.Mapping mapping : this.settings.getMimeMappings()) {
			mappings.put(mapping.getExtension(), mapping.getMimeType());
		}
		return mappings;
	}

	private ErrorPage errorPage(org.springframework.boot.web.error.ErrorPage page) {
		String path = Objects.requireNonNull(page.getPath(), "The path of an error page is missing");
		Integer status = (page.getStatusCode() != 0) ? page.getStatusCode() : null;
		return new ErrorPage(status, exceptionType(page.getExceptionName()), path);
	}

	private static @Nullable Class<? extends Throwable> exceptionType(@Nullable String name) {
		return (name != null) ? ClassUtils.resolveClassName(name, null).asSubclass(Throwable.class) : null;
	}

	private Duration sessionTimeout() {
		Duration timeout = this.settings.getSession().getTimeout();
		return (timeout != null) ? timeout : Duration.ZERO;
	}

	// As in Boot's Tomcat: without this, French and English would mean ISO-8859-1.
	private Map<Locale, Charset> localeCharsets() {
		Map<Locale, Charset> charsets = new HashMap<>();
		charsets.put(Locale.ENGLISH, StandardCharsets.UTF_8);
		charsets.put(Locale.FRENCH, StandardCharsets.UTF_8);
		charsets.put(Locale.JAPANESE, StandardCharsets.UTF_8);
		charsets.putAll(this.settings.getLocaleCharsetMappings());
		return charsets;
	}

	// Boot names the jars and directories; what is wanted is their META-INF/resources.
	private List<URL> staticResources() {
		List<URL> resources = new ArrayList<>();
		for (URL url : this.settings.getStaticResourceUrls()) {
			String location = url.toString();
			if (url.getProtocol().equals("file") && !location.endsWith("/")) {
				location = "jar:" + location + "!/";
			}
			resources.add(toUrl(location + (location.endsWith("/") ? "" : "/") + "META-INF/resources/"));
		}
		return resources;
	}

	private static URL toUrl(String location) {
		try {
			return URI.create(location).toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException("Cannot read static resources from " + location, ex);
		}
	}

	// Without one, an empty directory: the root of the application is always a resource.
	private Path documentRoot(Path temporaryDirectory) {
		DocumentRoot root = new DocumentRoot(LogFactory.getLog(MillraceServletWebServerFactory.class));
		root.setDirectory(this.settings.getDocumentRoot());
		File directory = root.getValidDirectory();
		return (directory != null) ? directory.toPath() : createDirectory(temporaryDirectory.resolve("docbase"));
	}

	private static Path createDirectory(Path directory) {
		try {
			return Files.createDirectory(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
