package io.millrace.demo.syllabus;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

import io.millrace.boot.MillraceRoute;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/**
 * Uploading and downloading the syllabus. What strangers upload is only ever handed out
 * as a file to save, of one of a few harmless types, so that it never runs as a page of
 * ours.
 */
@RestController
@RequestMapping("/courses/{courseId}/syllabus")
class SyllabusController {

	private static final Set<String> ACCEPTED = Set.of("application/pdf", "text/markdown", "text/plain");

	private final SyllabusShelf shelf;

	SyllabusController(SyllabusShelf shelf) {
		this.shelf = shelf;
	}

	/**
	 * Takes the document by PUT, which is what it is, and by POST, which is what forms
	 * send. Each is held in memory as a whole, so that there are not many at once.
	 */
	@MillraceRoute(maxConcurrency = 16)
	@RequestMapping(method = { RequestMethod.PUT, RequestMethod.POST }, consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	ResponseEntity<Void> upload(@PathVariable long courseId, @RequestParam MultipartFile file) throws IOException {
		if (file.isEmpty()) {
			throw UnusableSyllabusException.empty();
		}
		String type = acceptedType(file.getContentType());
		if (this.shelf.put(courseId, name(file.getOriginalFilename()), type, file.getBytes())) {
			return ResponseEntity.created(ServletUriComponentsBuilder.fromCurrentRequestUri().build().toUri()).build();
		}
		return ResponseEntity.noContent().build();
	}

	@GetMapping
	ResponseEntity<byte[]> download(@PathVariable long courseId) {
		Syllabus syllabus = this.shelf.get(courseId);
		ContentDisposition disposition = ContentDisposition.attachment()
			.filename(syllabus.fileName(), StandardCharsets.UTF_8)
			.build();
		return ResponseEntity.ok()
			.header(HttpHeaders.CONTENT_DISPOSITION, disposition.toString())
			.header("X-Content-Type-Options", "nosniff")
			.contentType(MediaType.parseMediaType(syllabus.contentType()))
			.lastModified(syllabus.uploadedAt())
			.body(syllabus.content());
	}

	private static String acceptedType(@Nullable String declared) {
		if (declared != null) {
			try {
				MediaType type = MediaType.parseMediaType(declared);
				String essence = type.getType() + "/" + type.getSubtype();
				if (ACCEPTED.contains(essence)) {
					return essence;
				}
			}
			catch (InvalidMediaTypeException ex) {
				// Refused below, as any other type we do not take.
			}
		}
		throw UnusableSyllabusException.ofType(String.join(", ", ACCEPTED.stream().sorted().toList()));
	}

	/**
	 * The last segment of the name the client gave, whatever system it runs on.
	 */
	private static String name(@Nullable String original) {
		String name = (original != null) ? StringUtils.getFilename(original.replace('\\', '/')) : null;
		if (name == null || name.isBlank() || name.length() > 200 || name.chars().anyMatch(Character::isISOControl)) {
			throw UnusableSyllabusException.unnamed();
		}
		return name;
	}

}
