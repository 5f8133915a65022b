package io.millrace.servlet;

import java.nio.charset.Charset;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * Content-Type, character encoding and locale of a response, and which of them says what
 * (Servlet 6.1 §5.5): an encoding that was set explicitly wins over that of the locale,
 * and none changes once the writer was taken.
 */
final class ResponseContentType {

	private static final String DEFAULT_CHARSET = "ISO-8859-1";

	private final ServletRuntime runtime;

	private @Nullable ContentType type;

	private @Nullable String explicit;

	private @Nullable String ofLocale;

	private @Nullable String ofWriter;

	private @Nullable Locale locale;

	ResponseContentType(ServletRuntime runtime) {
		this.runtime = runtime;
	}

	/**
	 * The value of the header.
	 * @return the value, {@code null} where no type was set
	 */
	@Nullable String header() {
		ContentType known = this.type;
		return (known != null) ? known.withCharset(known()).header() : null;
	}

	// The encoding that is announced.
	private @Nullable String known() {
		if (this.ofWriter != null) {
			return this.ofWriter;
		}
		return (this.explicit != null) ? this.explicit : this.ofLocale;
	}

	String charset() {
		String known = known();
		if (known == null) {
			known = this.runtime.application().getResponseCharacterEncoding();
		}
		return (known != null) ? known : DEFAULT_CHARSET;
	}

	void charset(@Nullable String name) {
		if (this.ofWriter == null) {
			this.explicit = name;
			if (name == null) {
				this.ofLocale = null;
			}
		}
	}

	void set(@Nullable String text) {
		if (text == null) {
			this.type = null;
			charset(null);
			return;
		}
		ContentType parsed = ContentType.parse(text);
		this.type = parsed;
		if (parsed.charset() != null) {
			charset(parsed.charset());
		}
	}

	Locale locale() {
		Locale known = this.locale;
		return (known != null) ? known : Locale.getDefault();
	}

	void locale(@Nullable Locale locale) {
		this.locale = locale;
		if (this.ofWriter != null || this.explicit != null) {
			return;
		}
		Charset charset = (locale != null) ? this.runtime.charset(locale) : null;
		if (charset != null) {
			this.ofLocale = charset.name();
		}
		else if (locale == null) {
			this.ofLocale = null;
		}
		// A locale without a mapping says nothing of the encoding, as with Tomcat.
	}

	void writerTaken() {
		this.ofWriter = charset();
	}

	void writerGone() {
		this.ofWriter = null;
	}

	void reset() {
		this.type = null;
		this.explicit = null;
		this.ofLocale = null;
		this.ofWriter = null;
		this.locale = null;
	}

}
