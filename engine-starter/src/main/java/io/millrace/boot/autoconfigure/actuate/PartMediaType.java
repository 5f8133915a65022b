package io.millrace.boot.autoconfigure.actuate;

import org.springframework.boot.actuate.endpoint.ApiVersion;
import org.springframework.boot.actuate.endpoint.Producible;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * What parts of the endpoint are made of. All parts have one path pattern, and what is
 * not among these types is 406 before any part is asked. The later ones are preferred.
 */
public enum PartMediaType implements Producible<PartMediaType> {

	/** A stream. */
	EVENT_STREAM(new MimeType("text", "event-stream")),

	/** A page. */
	HTML(MimeTypeUtils.TEXT_HTML),

	/** A document. */
	JSON(MimeTypeUtils.APPLICATION_JSON),

	/** A document, by Boot's name for what its endpoints answer. */
	ACTUATOR_JSON(ApiVersion.V3.getProducedMimeType());

	private final MimeType mimeType;

	PartMediaType(MimeType mimeType) {
		this.mimeType = mimeType;
	}

	@Override
	public MimeType getProducedMimeType() {
		return this.mimeType;
	}

	@Override
	public boolean isDefault() {
		return this == ACTUATOR_JSON;
	}

	/**
	 * The type of a document.
	 * @return JSON where it was asked for, otherwise what Boot's endpoints answer
	 */
	MimeType ofDocument() {
		return ((this == JSON) ? JSON : ACTUATOR_JSON).getProducedMimeType();
	}

}
