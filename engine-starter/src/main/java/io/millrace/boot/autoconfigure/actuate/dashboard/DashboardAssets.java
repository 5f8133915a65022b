package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The dashboard and what it is made of. Only what is listed here can be asked for.
 */
final class DashboardAssets {

	/**
	 * Scripts and styles of its own only, no connection but to where it comes from, and
	 * no frame of anybody else around it.
	 */
	private static final String POLICY = Stream
		.of("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
				"base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'")
		.collect(Collectors.joining("; "));

	private static final String SCRIPT = "text/javascript;charset=UTF-8";

	private static final String STYLE = "text/css;charset=UTF-8";

	private final Map<String, Asset> assets = new LinkedHashMap<>();

	DashboardAssets() {
		add("", "text/html;charset=UTF-8", "dashboard.html");
		add("dashboard.js", SCRIPT, "dashboard.js");
		add("dashboard.css", STYLE, "dashboard.css");
		add("icon.svg", "image/svg+xml", "icon.svg");
		// As npm has them, unchanged: their webjar is some versions behind, and would
		// show
		// up among the static resources of the application.
		add("uplot.js", SCRIPT, "uplot/uPlot.iife.min.js");
		add("uplot.css", STYLE, "uplot/uPlot.min.css");
	}

	private static InputStream open(String resource) {
		InputStream opened = DashboardAssets.class.getResourceAsStream(resource);
		if (opened == null) {
			throw new IllegalStateException(resource + " is not in the jar");
		}
		return opened;
	}

	private void add(String name, String contentType, String resource) {
		this.assets.put(name, new Asset(contentType, resource));
	}

	/**
	 * One of them.
	 * @param name the name, empty for the page itself
	 * @return a response with the asset, {@code null} where there is none of that name
	 */
	@Nullable Page get(String name) {
		Asset asset = this.assets.get(name);
		return (asset != null) ? asset.read() : null;
	}

	private record Asset(String contentType, String resource) {

		Page read() {
			try (InputStream content = open(this.resource)) {
				return new Page(
						200, this.contentType, Map.of("Content-Security-Policy", POLICY, "X-Content-Type-Options",
								"nosniff", "Referrer-Policy", "no-referrer", "Cache-Control", "no-cache"),
						content.readAllBytes());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
