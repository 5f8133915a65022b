package io.millrace.servlet;

/**
 * What bounds a multipart request beside its {@code MultipartConfigElement}.
 *
 * @param maxParts how many parts a request may have, those without a name included;
 * negative for no limit; above it the request is refused with 413
 * @param maxPartHeaderSize how many bytes the header of one part may have, the empty line
 * at its end included; negative for no limit; above it the request is refused with 413
 */
public record MultipartLimits(int maxParts, int maxPartHeaderSize) {

	/** 50 parts with 512 bytes of header each, as Tomcat has it. */
	public static final MultipartLimits DEFAULTS = new MultipartLimits(50, 512);

}
