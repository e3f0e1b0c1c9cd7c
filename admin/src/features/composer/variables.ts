// Personal fields inside a text, `{{first_name|friend}}`: shown apart from the words around them.
import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { variablesIn } from './variable-text.ts';

export const Variables = Extension.create({
  name: 'variables',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        decorations: ({ doc }) => {
          const marks: Decoration[] = [];
          doc.descendants((node, position) => {
            for (const { from, to } of variablesIn(node.text ?? '')) {
              marks.push(Decoration.inline(position + from, position + to, { class: 'variable' }));
            }
          });
          return DecorationSet.create(doc, marks);
        },
      },
    }),
  ],
});
