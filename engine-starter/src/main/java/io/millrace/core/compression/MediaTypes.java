package io.millrace.core.compression;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Media types that are worth compressing. One that is named is meant; a wildcard
 * ({@code text/*}, {@code application/*+json}, {@code *}{@code /*}) leaves out what is
 * compressed already, and streams of events. Immutable.
 */
public final class MediaTypes {

	private static final Pattern SYNTAX = Pattern
		.compile("(\\*/\\*|[a-z0-9!#$&^_.+-]+/(\\*(\\+[a-z0-9.-]+)?|[a-z0-9!#$&^_.+-]+))");

	// Of what is sent over the web, what a general compressor makes no smaller.
	private static final Pattern COMPRESSED = Pattern
		.compile("audio/.*|video/.*|font/woff2?|image/(?!svg\\+xml|bmp|x-ms-bmp|vnd\\.microsoft\\.icon|x-icon|tiff).*"
				+ "|application/(zip|gzip|x-gzip|zstd|br|x-brotli|x-7z-compressed|x-bzip2?|x-xz|x-rar-compressed"
				+ "|vnd\\.rar|java-archive|pdf|epub\\+zip|vnd\\.openxmlformats-.*|vnd\\.oasis\\.opendocument.*"
				+ "|grpc.*)");

	private static final String EVENTS = "text/event-stream";

	private final Set<String> named = new HashSet<>();

	private final List<Pattern> wildcards = new ArrayList<>();

	/**
	 * Collect media types.
	 * @param types the types, without parameters
	 * @throws IllegalArgumentException for what is no media type; the message is the type
	 */
	public MediaTypes(List<String> types) {
		for (String each : types) {
			String type = each.strip().toLowerCase(Locale.ROOT);
			if (!SYNTAX.matcher(type).matches()) {
				throw new IllegalArgumentException(each);
			}
			if (type.indexOf('*') >= 0) {
				this.wildcards.add(Pattern.compile("\\Q" + type.replace("*", "\\E[^/]*\\Q") + "\\E"));
			}
			else {
				this.named.add(type);
			}
		}
	}

	/**
	 * Whether a body of a type is worth compressing.
	 * @param contentType the value of {@code Content-Type}, with parameters or without
	 * @return {@code false} also where there is none
	 */
	public boolean contain(@Nullable String contentType) {
		if (contentType == null) {
			return false;
		}
		if (this.named.contains(contentType)) {
			return true;
		}
		int semicolon = contentType.indexOf(';');
		String type = ((semicolon >= 0) ? contentType.substring(0, semicolon) : contentType).strip()
			.toLowerCase(Locale.ROOT);
		return this.named.contains(type) || isMeant(type);
	}

	private boolean isMeant(String type) {
		for (Pattern wildcard : this.wildcards) {
			if (wildcard.matcher(type).matches()) {
				return !type.equals(EVENTS) && !COMPRESSED.matcher(type).matches();
			}
		}
		return false;
	}

}
