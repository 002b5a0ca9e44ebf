'use client';
/** A picture from a file, a drop or the clipboard, kept in the document as a data URL. */
import { ImageUp, ImageOff } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { pictureAccept, checkPictureBytes } from '@/nodes/_shared/picture-formats';
import { pictureUrl, shownPicture } from '../../_formats/picture/url';
import { FileField } from './FileField';
import type { WidgetDescriptor, WidgetProps } from './widget';

const read = async (file: File): Promise<string> => {
  checkPictureBytes(file.size);
  return pictureUrl(new Uint8Array(await file.arrayBuffer()));
};

export function ImageFileWidget(props: WidgetProps) {
  const t = useTranslations('image-file');
  const { label, value } = props;
  const source = shownPicture(value);
  return (
    <FileField
      {...props}
      labels="image-file"
      accept={pictureAccept}
      icon={ImageUp}
      read={read}
      misfit={t('not-a-picture')}
      over
    >
      {source !== null ? (
        // oxlint-disable-next-line jsx-a11y/img-redundant-alt -- names the parameter
        <img src={source} alt={label} className="block max-h-56 w-full rounded-md bg-muted object-contain" />
      ) : (
        typeof value === 'string' && (
          <span className="flex h-20 w-full flex-col items-center justify-center gap-1 rounded-md bg-muted text-xs text-muted-foreground">
            <ImageOff size={18} />
            {t('not-shown')}
          </span>
        )
      )}
    </FileField>
  );
}

export const imageFileWidget: WidgetDescriptor<'image-file'> = {
  name: 'image-file',
  component: ImageFileWidget,
  layout: 'stacked',
};
